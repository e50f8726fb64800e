/* pwsh.exe for the tests: loads .NET and PowerShell from the folder that it stands in and hands its
 * arguments to PowerShell's own command line, in pwshentry.dll. The exit code is PowerShell's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

/* .NET's hosting interface (coreclrhost.h): texts are UTF-8, a negative result is an HRESULT. */
typedef int (*coreclr_initialize_fn)(const char *exe, const char *domain, int property_count,
                                     const char **keys, const char **values, void **host,
                                     unsigned *domain_id);
typedef int (*coreclr_execute_fn)(void *host, unsigned domain_id, int argc, const char **argv,
                                  const char *assembly, unsigned *exit_code);

/* Exit codes of the host itself; PowerShell's scripts rarely use these. */
enum { HOST_FAILED = 70, HOST_NO_RUNTIME = 69 };

static void die(const char *what, unsigned long code)
{
    fprintf(stderr, "pwsh: %s (0x%lx)\n", what, code);
    exit(HOST_FAILED);
}

static void *need(void *memory)
{
    if (memory == NULL)
        die("out of memory", ERROR_NOT_ENOUGH_MEMORY);
    return memory;
}

/* The UTF-8 form of a text, owned by the caller. */
static char *utf8_of(const wchar_t *text)
{
    int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
    if (size <= 0)
        die("a text cannot be converted", GetLastError());
    char *out = need(malloc((size_t)size));
    WideCharToMultiByte(CP_UTF8, 0, text, -1, out, size, NULL, NULL);
    return out;
}

/* DIR\NAME, owned by the caller. */
static wchar_t *path_in(const wchar_t *dir, const wchar_t *name)
{
    size_t size = wcslen(dir) + wcslen(name) + 2;
    wchar_t *out = need(malloc(size * sizeof(*out)));
    swprintf(out, size, L"%ls\\%ls", dir, name);
    return out;
}

/* The folder of this program, without a backslash at its end. */
static wchar_t *own_folder(void)
{
    DWORD size = 256;
    for (;;) {
        wchar_t *path = need(malloc(size * sizeof(*path)));
        DWORD length = GetModuleFileNameW(NULL, path, size);
        if (length == 0)
            die("the program's own path is unknown", GetLastError());
        if (length < size) { /* equal: cut off */
            wchar_t *end = wcsrchr(path, L'\\');
            if (end == NULL)
                die("the program's own path has no folder", 0);
            *end = L'\0';
            return path;
        }
        free(path);
        size *= 2;
    }
}

/* Every DLL of the folder, separated by semicolons: what .NET may load assemblies from. Native
 * libraries among them do no harm. */
static char *trusted_assemblies(const wchar_t *dir)
{
    wchar_t *pattern = path_in(dir, L"*.dll");
    WIN32_FIND_DATAW found;
    HANDLE search = FindFirstFileW(pattern, &found);
    if (search == INVALID_HANDLE_VALUE)
        die("no DLL beside pwsh.exe", GetLastError());
    free(pattern);

    size_t used = 0, size = 1 << 16;
    char *list = need(malloc(size));
    do {
        wchar_t *path = path_in(dir, found.cFileName);
        char *entry = utf8_of(path);
        size_t length = strlen(entry);
        while (used + length + 2 > size) {
            size *= 2;
            list = need(realloc(list, size));
        }
        memcpy(list + used, entry, length);
        used += length;
        list[used++] = ';';
        free(entry);
        free(path);
    } while (FindNextFileW(search, &found));
    FindClose(search);
    list[used] = '\0';
    return list;
}

/* A node of the thread's list of exception frames. On x64 only Wine's own code has such; a handler
 * is a function of the module whose function has made the node on its stack. */
typedef struct frame {
    struct frame *next;
    void *handler;
} frame;
#define LAST_FRAME ((frame *)~(ULONG_PTR)0)

static DWORD walking; /* a thread's own value: not 0 while it is in cut_stale_frames() */

/* The module of Wine's that this is code of, or NULL. */
static void *wine_module_of(ULONG_PTR code)
{
    static const char mark[] = "Wine builtin DLL"; /* in place of the DOS program's text */
    void *base = NULL;
    if (RtlPcToFileHeader((void *)code, &base) == NULL ||
        memcmp((char *)base + sizeof(IMAGE_DOS_HEADER), mark, sizeof(mark) - 1) != 0)
        return NULL;
    return base;
}

static BOOL is_function_of(const void *module, ULONG_PTR code)
{
    DWORD64 base = 0;
    const RUNTIME_FUNCTION *function = RtlLookupFunctionEntry(code, &base, NULL);
    return function != NULL && base == (ULONG_PTR)module && base + function->BeginAddress == code;
}

/* Goes on to the caller. */
static void walk_up(CONTEXT *at)
{
    DWORD64 base = 0, establisher = 0;
    void *data = NULL;
    RUNTIME_FUNCTION *function = RtlLookupFunctionEntry(at->Rip, &base, NULL);
    if (function != NULL) {
        RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, at->Rip, function, at, &data, &establisher, NULL);
    } else {
        at->Rip = *(DWORD64 *)at->Rsp;
        at->Rsp += sizeof(at->Rip);
    }
}

/* `at` is walked up to the function that has this part of the stack. */
static BOOL is_alive(const frame *node, CONTEXT *at)
{
    const ULONG_PTR place = (ULONG_PTR)node;
    const ULONG_PTR end = (ULONG_PTR)((NT_TIB *)NtCurrentTeb())->StackBase;
    CONTEXT function = *at;
    if (place < at->Rsp || place % sizeof(void *) != 0 || place > end - sizeof(*node))
        return FALSE;
    while (at->Rsp <= place) {
        function = *at;
        walk_up(at);
        if (at->Rsp <= function.Rsp || at->Rsp > end - sizeof(void *))
            return FALSE; /* the stack cannot be followed */
    }
    *at = function; /* the next node may be in the same one */
    const void *module = wine_module_of(function.Rip);
    return module != NULL && is_function_of(module, (ULONG_PTR)node->handler);
}

/* When .NET goes on behind a caught exception, it jumps there and leaves Wine's node in the list,
 * although the stack that it stood on is free. The next exception would end the process ("Exception
 * frame is not in stack limits") or call what has been written over it. Cut the list at the first
 * such node before Wine looks; .NET's own handlers are not in it. */
static LONG CALLBACK cut_stale_frames(EXCEPTION_POINTERS *exception)
{
    frame **link = (frame **)(void *)&((NT_TIB *)NtCurrentTeb())->ExceptionList;
    CONTEXT at = *exception->ContextRecord;
    DWORD error = GetLastError(); /* TlsGetValue() forgets it */
    if (TlsGetValue(walking) != NULL)
        return EXCEPTION_CONTINUE_SEARCH;
    TlsSetValue(walking, &at);
    while (*link != LAST_FRAME && is_alive(*link, &at))
        link = &(*link)->next;
    *link = LAST_FRAME;
    TlsSetValue(walking, NULL);
    SetLastError(error);
    return EXCEPTION_CONTINUE_SEARCH;
}

static HANDLE open_console(void)
{
    return CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                       NULL, OPEN_EXISTING, 0, NULL);
}

/* PowerShell will not start without a console. Where there is none to inherit, makes one, and keeps
 * the streams that were given, which AllocConsole replaces. */
static HANDLE need_console(void)
{
    static const DWORD streams[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    HANDLE given[3];

    HANDLE console = open_console();
    if (console != INVALID_HANDLE_VALUE)
        return console;
    for (int i = 0; i < 3; i++)
        given[i] = GetStdHandle(streams[i]);
    if (!AllocConsole())
        die("no console: run it on a terminal", GetLastError());
    for (int i = 0; i < 3; i++)
        SetStdHandle(streams[i], given[i]);
    console = open_console();
    if (console == INVALID_HANDLE_VALUE)
        die("the console cannot be opened", GetLastError());
    return console;
}

/* Text goes out in the console's code page and is wrapped at its width, redirected or not: make the
 * first lossless, and the second wide enough for a message to stay on its line. */
static void prepare_console(void)
{
    enum { COLUMNS = 240 };
    CONSOLE_SCREEN_BUFFER_INFO info = {0};
    HANDLE console = need_console();
    if (!SetConsoleOutputCP(CP_UTF8) || !SetConsoleCP(CP_UTF8))
        die("no UTF-8 on the console", GetLastError());
    /* The buffer first, as it cannot be smaller than the window: its height stays. */
    SMALL_RECT window = {.Right = COLUMNS - 1};
    COORD buffer = {.X = COLUMNS};
    BOOL wide = GetConsoleScreenBufferInfo(console, &info);
    buffer.Y = info.dwSize.Y;
    window.Bottom = (SHORT)(info.dwSize.Y - 1);
    if (!wide || !SetConsoleScreenBufferSize(console, buffer) ||
        !SetConsoleWindowInfo(console, TRUE, &window))
        fprintf(stderr, "pwsh: the console keeps its width (0x%lx)\n", GetLastError());
    CloseHandle(console);
}

/* A function of coreclr.dll. As an integer: C has no conversion between kinds of function. */
static ULONG_PTR runtime_function(HMODULE runtime, const char *name)
{
    FARPROC function = GetProcAddress(runtime, name);
    if (function == NULL)
        die(name, GetLastError());
    return (ULONG_PTR)function;
}

static HMODULE load_runtime(const wchar_t *dir)
{
    wchar_t *path = path_in(dir, L"coreclr.dll");
    SetDllDirectoryW(dir); /* for the libraries that coreclr.dll loads by their bare names */
    HMODULE runtime = LoadLibraryW(path);
    if (runtime == NULL) {
        fprintf(stderr, "pwsh: coreclr.dll cannot be loaded (0x%lx)\n", GetLastError());
        exit(HOST_NO_RUNTIME);
    }
    free(path);
    return runtime;
}

int wmain(int argc, wchar_t **argv)
{
    wchar_t *dir = own_folder();
    walking = TlsAlloc();
    if (walking == TLS_OUT_OF_INDEXES || AddVectoredExceptionHandler(1, cut_stale_frames) == NULL)
        die("no exception handler", GetLastError());
    prepare_console();

    HMODULE runtime = load_runtime(dir);
    coreclr_initialize_fn initialize =
        (coreclr_initialize_fn)runtime_function(runtime, "coreclr_initialize");
    coreclr_execute_fn execute =
        (coreclr_execute_fn)runtime_function(runtime, "coreclr_execute_assembly");

    /* Invariant globalization: the runtime comes without ICU's data. */
    wchar_t *base = path_in(dir, L"");
    char *folder = utf8_of(dir);
    const char *keys[] = {"TRUSTED_PLATFORM_ASSEMBLIES", "APP_PATHS",
                          "NATIVE_DLL_SEARCH_DIRECTORIES", "APP_CONTEXT_BASE_DIRECTORY",
                          "System.Globalization.Invariant"};
    const char *values[] = {trusted_assemblies(dir), folder, folder, utf8_of(base), "true"};
    void *host = NULL;
    unsigned domain = 0;
    char *exe = utf8_of(argv[0]);
    int status =
        initialize(exe, "pwsh", (int)(sizeof(keys) / sizeof(*keys)), keys, values, &host, &domain);
    if (status < 0)
        die(".NET did not start", (unsigned long)status);

    const char **args = need(calloc((size_t)argc, sizeof(*args)));
    for (int i = 1; i < argc; i++)
        args[i - 1] = utf8_of(argv[i]);
    wchar_t *entry_path = path_in(dir, L"pwshentry.dll");
    char *entry = utf8_of(entry_path);
    unsigned exit_code = 0;
    status = execute(host, domain, argc - 1, args, entry, &exit_code);
    if (status < 0)
        die("PowerShell did not start", (unsigned long)status);
    return (int)exit_code; /* the process ends here, so what it owns is left to the system */
}
