#include "ob/process.h"

#include "ob/alloc.h"
#include "ob/buf.h"
#include "wide.h"

#include <string.h>

#define STEP 10 /* ms between two looks at pipes and program */
/* What a program may say in one step: the system's own 4 KiB would let through 400 KB/s. */
#define PIPE_BYTES (1u << 20)

struct ob_process {
    HANDLE process;
    HANDLE job;    /* it and all that it starts: closing it ends them */
    HANDLE output; /* our ends of its pipes; NULL: closed */
    HANDLE errors;
    char tail[OB_PROCESS_TAIL + 1];
    size_t tail_length;
};

/* What a start needs, and gives back in every case. */
typedef struct start {
    wchar_t *program, *line, *environment;
    HANDLE input, output, errors; /* the program's ends */
    LPPROC_THREAD_ATTRIBUTE_LIST attributes;
    HANDLE inherited[3];
} start;

static void close_handle(HANDLE *handle)
{
    if (*handle != NULL && *handle != INVALID_HANDLE_VALUE) {
        CloseHandle(*handle);
    }
    *handle = NULL;
}

/* ---- texts ---- */

/* One argument as the C runtime takes it apart again: there backslashes count only before a quote.
 */
static void put_argument(ob_buf *line, const char *argument)
{
    size_t slashes = 0;
    if (*argument != '\0' && strpbrk(argument, " \t\n\v\"") == NULL) {
        ob_buf_put_text(line, argument); /* there are programs that know their options only so */
        return;
    }
    ob_buf_put_u8(line, '"');
    for (; *argument != '\0'; argument++) {
        for (size_t i = 0; *argument == '"' && i <= slashes; i++) {
            ob_buf_put_u8(line, '\\');
        }
        slashes = *argument == '\\' ? slashes + 1 : 0;
        ob_buf_put_u8(line, (uint8_t)*argument);
    }
    for (; slashes > 0; slashes--) {
        ob_buf_put_u8(line, '\\');
    }
    ob_buf_put_u8(line, '"');
}

static ob_status make_line(const char *const *argv, wchar_t **out)
{
    ob_buf line = {0};
    for (size_t i = 0; argv[i] != NULL; i++) {
        if (i > 0) {
            ob_buf_put_u8(&line, ' ');
        }
        put_argument(&line, argv[i]);
    }
    ob_buf_put_u8(&line, 0);
    ob_status status = ob_buf_status(&line);
    if (status == OB_OK) {
        status = ob_windows_to_wide((const char *)line.data, out);
    }
    ob_buf_free(&line);
    return status;
}

static bool is_set_in(const char *const *list, const char *entry)
{
    size_t name = strcspn(entry + 1, "=") + 2; /* "=C:=C:\x" has a name that begins with '=' */
    for (; list != NULL && *list != NULL; list++) {
        if (_strnicmp(*list, entry, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Appends a text of the environment, its NUL too. */
static ob_status put_wide(ob_buf *block, const char *entry)
{
    wchar_t *wide = NULL;
    ob_status status = ob_windows_to_wide(entry, &wide);
    if (status == OB_OK) {
        ob_buf_put(block, wide, (wcslen(wide) + 1) * sizeof *wide);
    }
    ob_free(wide);
    return status;
}

static ob_status put_own(ob_buf *block, const char *const *more)
{
    ob_status status = OB_OK;
    wchar_t *own = GetEnvironmentStringsW();
    for (const wchar_t *entry = own; entry != NULL && *entry != L'\0' && status == OB_OK;
         entry += wcslen(entry) + 1) {
        char *text = NULL;
        status = ob_windows_from_wide(entry, wcslen(entry), &text);
        if (status == OB_OK && !is_set_in(more, text)) {
            ob_buf_put(block, entry, (wcslen(entry) + 1) * sizeof *entry);
        }
        ob_free(text);
    }
    if (own != NULL) {
        FreeEnvironmentStringsW(own);
    }
    return status;
}

static ob_status make_environment(const char *const *more, wchar_t **out)
{
    ob_buf block = {0};
    ob_status status = put_own(&block, more);
    for (; more != NULL && *more != NULL && status == OB_OK; more++) {
        status = put_wide(&block, *more);
    }
    ob_buf_put(&block, L"\0", 2 * sizeof(wchar_t));
    if (status == OB_OK) {
        status = ob_buf_status(&block);
    }
    if (status == OB_OK) {
        *out = ob_memdup(block.data, block.length);
        status = *out != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "an environment");
    }
    ob_buf_free(&block);
    return status;
}

/* ---- starting ---- */

/* `theirs` can be inherited. */
static ob_status make_pipe(HANDLE *ours, HANDLE *theirs)
{
    SECURITY_ATTRIBUTES inherit = {.nLength = sizeof inherit, .bInheritHandle = TRUE};
    if (!CreatePipe(ours, theirs, &inherit, PIPE_BYTES) ||
        !SetHandleInformation(*ours, HANDLE_FLAG_INHERIT, 0)) {
        return ob_windows_fail(GetLastError(), "a pipe");
    }
    return OB_OK;
}

/* It inherits these three handles and none that another thread has open. */
static ob_status limit_handles(start *s)
{
    SIZE_T size = 0;
    InitializeProcThreadAttributeList(NULL, 1, 0, &size);
    s->attributes = ob_alloc(size);
    if (s->attributes == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a program to start");
    }
    if (!InitializeProcThreadAttributeList(s->attributes, 1, 0, &size)) {
        ob_free(s->attributes);
        s->attributes = NULL;
        return ob_windows_fail(GetLastError(), "a program to start");
    }
    s->inherited[0] = s->input;
    s->inherited[1] = s->output;
    s->inherited[2] = s->errors;
    if (!UpdateProcThreadAttribute(s->attributes, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST,
                                   s->inherited, sizeof s->inherited, NULL, NULL)) {
        return ob_windows_fail(GetLastError(), "a program to start");
    }
    return OB_OK;
}

static ob_status prepare(ob_process *process, start *s, const ob_process_options *options)
{
    SECURITY_ATTRIBUTES inherit = {.nLength = sizeof inherit, .bInheritHandle = TRUE};
    ob_status status = ob_windows_to_wide(options->argv[0], &s->program);
    if (status == OB_OK) {
        status = make_line(options->argv, &s->line);
    }
    if (status == OB_OK) {
        status = make_environment(options->environment, &s->environment);
    }
    if (status == OB_OK) {
        status = make_pipe(&process->output, &s->output);
    }
    if (status == OB_OK) {
        status = make_pipe(&process->errors, &s->errors);
    }
    if (status == OB_OK) {
        s->input = CreateFileW(L"NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherit,
                               OPEN_EXISTING, 0, NULL);
        status = s->input != INVALID_HANDLE_VALUE ? limit_handles(s)
                                                  : ob_windows_fail(GetLastError(), "NUL");
    }
    return status;
}

/* In a job that ends all of it when its handle is closed. */
static ob_status make_job(ob_process *process)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {.BasicLimitInformation.LimitFlags =
                                                       JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE};
    process->job = CreateJobObjectW(NULL, NULL);
    if (process->job == NULL ||
        !SetInformationJobObject(process->job, JobObjectExtendedLimitInformation, &limits,
                                 sizeof limits)) {
        return ob_windows_fail(GetLastError(), "a job");
    }
    return OB_OK;
}

static ob_status create(ob_process *process, start *s, const ob_process_options *options)
{
    PROCESS_INFORMATION created = {0};
    STARTUPINFOEXW info = {
        .StartupInfo = {.cb = sizeof info,
                        .dwFlags = STARTF_USESTDHANDLES,
                        .hStdInput = s->input,
                        .hStdOutput = s->output,
                        .hStdError = options->one_output ? s->output : s->errors},
        .lpAttributeList = s->attributes};
    DWORD flags = CREATE_SUSPENDED | CREATE_NO_WINDOW | CREATE_UNICODE_ENVIRONMENT |
                  EXTENDED_STARTUPINFO_PRESENT;
    if (!CreateProcessW(s->program, s->line, NULL, NULL, TRUE, flags, s->environment, NULL,
                        &info.StartupInfo, &created)) {
        return ob_windows_fail(GetLastError(), options->argv[0]);
    }
    process->process = created.hProcess;
    ob_status status = OB_OK;
    if (!AssignProcessToJobObject(process->job, created.hProcess) ||
        ResumeThread(created.hThread) == (DWORD)-1) {
        status = ob_windows_fail(GetLastError(), options->argv[0]);
        TerminateProcess(created.hProcess, 1);
    }
    CloseHandle(created.hThread);
    return status;
}

ob_status ob_process_start(const ob_process_options *options, ob_process **out)
{
    start s = {0};
    ob_process *process = ob_calloc(1, sizeof *process);
    if (process == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%s", options->argv[0]);
    }
    ob_status status = prepare(process, &s, options);
    if (status == OB_OK) {
        status = make_job(process);
    }
    if (status == OB_OK) {
        status = create(process, &s, options);
    }
    if (s.attributes != NULL) {
        DeleteProcThreadAttributeList(s.attributes);
    }
    close_handle(&s.input);
    close_handle(&s.output);
    close_handle(&s.errors);
    ob_free(s.attributes);
    ob_free(s.program);
    ob_free(s.line);
    ob_free(s.environment);
    if (OB_FAILED(status)) {
        ob_process_close(process);
        return status;
    }
    *out = process;
    return OB_OK;
}

/* ---- its life ---- */

/* Reads what is there: *got = 0 if nothing is; the handle is closed when no more can come. */
static ob_status read_some(HANDLE *pipe, void *data, size_t size, size_t *got)
{
    DWORD there = 0;
    DWORD count = 0;
    *got = 0;
    if (*pipe == NULL) {
        return OB_OK;
    }
    if (PeekNamedPipe(*pipe, NULL, 0, NULL, &there, NULL) &&
        (there == 0 || ReadFile(*pipe, data, (DWORD)(size < there ? size : there), &count, NULL))) {
        *got = count;
        return OB_OK;
    }
    DWORD error = GetLastError();
    close_handle(pipe);
    return error == ERROR_BROKEN_PIPE ? OB_OK : ob_windows_fail(error, "the output of a program");
}

static void keep_tail(ob_process *process, const char *data, size_t length)
{
    size_t keep = process->tail_length;
    if (keep + length > OB_PROCESS_TAIL) {
        keep = OB_PROCESS_TAIL - length;
        memmove(process->tail, process->tail + process->tail_length - keep, keep);
    }
    memcpy(process->tail + keep, data, length);
    process->tail_length = keep + length;
}

/* So that a program that complains much does not wait for a reader. */
static void take_errors(ob_process *process)
{
    char data[512];
    size_t got = 0;
    do {
        (void)read_some(&process->errors, data, sizeof data, &got);
        keep_tail(process, data, got);
    } while (got > 0);
}

ob_status ob_process_read(ob_process *process, void *data, size_t size, uint32_t ms, size_t *got,
                          bool *ended)
{
    ULONGLONG limit = GetTickCount64() + ms;
    for (;;) {
        size_t count = 0;
        take_errors(process);
        ob_status status = read_some(&process->output, data, size, &count);
        if (OB_FAILED(status)) {
            return status;
        }
        if (count > 0 || process->output == NULL || GetTickCount64() >= limit) {
            *got = count;
            *ended = process->output == NULL;
            return OB_OK;
        }
        Sleep(STEP);
    }
}

ob_status ob_process_wait(ob_process *process, uint32_t ms, bool *ended, int64_t *code)
{
    ULONGLONG limit = GetTickCount64() + ms;
    DWORD result = 0;
    while (WaitForSingleObject(process->process, STEP) == WAIT_TIMEOUT) {
        take_errors(process);
        if (GetTickCount64() >= limit) {
            *ended = false;
            return OB_OK;
        }
    }
    take_errors(process);
    if (!GetExitCodeProcess(process->process, &result)) {
        return ob_windows_fail(GetLastError(), "the end of a program");
    }
    *ended = true;
    *code = result;
    return OB_OK;
}

const char *ob_process_errors(ob_process *process)
{
    process->tail[process->tail_length] = '\0';
    return process->tail;
}

void ob_process_close(ob_process *process)
{
    if (process == NULL) {
        return;
    }
    if (process->job != NULL) {
        TerminateJobObject(process->job, 1);
    }
    close_handle(&process->job);
    close_handle(&process->process);
    close_handle(&process->output);
    close_handle(&process->errors);
    ob_free(process);
}
