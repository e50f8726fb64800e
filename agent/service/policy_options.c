#include "policy_options.h"

#include "ob/alloc.h"
#include "path_key.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#define ARGUMENT_MOST 8192u

/* By ob_snapshot_mode. */
static const char *const snapshot_modes[] = {"auto", "required", "never", NULL};

static ob_status read_arguments(ob_command *command, const cJSON *list, const char *where,
                                bool windows)
{
    size_t count = 0;
    char *program = NULL;
    for (const cJSON *child = list->child; child != NULL; child = child->next) {
        const char *text = cJSON_GetStringValue(child);
        if (text == NULL || strlen(text) > ARGUMENT_MOST || count == OB_COMMAND_ARGUMENTS_MOST) {
            return ob_fail(OB_E_POLICY_INVALID, "%s.command must be at most %u texts of %u bytes",
                           where, OB_COMMAND_ARGUMENTS_MOST, ARGUMENT_MOST);
        }
        command->argv[count++] = text;
    }
    if (count == 0) {
        return ob_fail(OB_E_POLICY_INVALID, "%s.command must begin with a program", where);
    }
    ob_status status = ob_path_canonical(command->argv[0], windows, &program);
    ob_free(program);
    if (status == OB_E_POLICY_INVALID) {
        return ob_fail(status, "%s.command: the program %s must be an absolute path", where,
                       command->argv[0]);
    }
    return status;
}

/* The fields that hooks and sources have in common. */
static ob_status read_command(ob_command *command, ob_json_object *object, bool windows)
{
    const cJSON *arguments = NULL;
    ob_json_need(object, "command");
    ob_json_get_node(object, "command", cJSON_Array, &arguments);
    ob_json_get_int(object, "timeout", 1, OB_SECONDS_MOST, &command->timeout);
    ob_status status = ob_json_no_more(object);
    return status == OB_OK ? read_arguments(command, arguments, object->path, windows) : status;
}

static ob_status read_hook(ob_command *hook, ob_json_object *hooks, const char *name, bool windows)
{
    char where[48];
    const cJSON *json = NULL;
    snprintf(where, sizeof where, "policy.hooks.%s", name);
    ob_json_get_node(hooks, name, cJSON_Object, &json);
    if (json == NULL) {
        return OB_OK;
    }
    ob_json_object object = ob_json_object_of(json, where);
    object.invalid = OB_E_POLICY_INVALID;
    hook->timeout = OB_HOOK_SECONDS;
    return read_command(hook, &object, windows);
}

static ob_status read_hooks(ob_policy_options *options, const cJSON *json, bool windows)
{
    ob_json_object hooks = ob_json_object_of(json, "policy.hooks");
    hooks.invalid = OB_E_POLICY_INVALID;
    ob_status status = read_hook(&options->before, &hooks, "before", windows);
    if (status == OB_OK) {
        status = read_hook(&options->after, &hooks, "after", windows);
    }
    return status == OB_OK ? ob_json_no_more(&hooks) : status;
}

/* A name is one part of a path on every system. */
static bool is_name(const char *name)
{
    size_t length = strlen(name);
    bool plain = length > 0 && length <= OB_COMMAND_NAME_MOST && name[length - 1] != '.' &&
                 name[length - 1] != ' ';
    for (; plain && *name != '\0'; name++) {
        plain =
            (unsigned char)*name >= 0x20 && *name != 0x7F && strchr("/\\:*?\"<>|", *name) == NULL;
    }
    return plain;
}

static ob_status read_source(ob_policy_options *options, const cJSON *json, bool windows)
{
    char where[48];
    size_t position = options->command_count;
    ob_command *command = &options->commands[position];
    snprintf(where, sizeof where, "policy.commands[%zu]", position);
    ob_json_object object = ob_json_object_of(json, where);
    object.invalid = OB_E_POLICY_INVALID;
    command->timeout = OB_COMMAND_SECONDS;
    ob_json_need(&object, "name");
    ob_json_get_text(&object, "name", OB_COMMAND_NAME_MOST, &command->name);
    ob_status status = read_command(command, &object, windows);
    if (status == OB_OK && !is_name(command->name)) {
        status = ob_fail(OB_E_POLICY_INVALID, "%s.name must be the name of a file", where);
    }
    for (size_t i = 0; i < position && status == OB_OK; i++) {
        if (strcmp(options->commands[i].name, command->name) == 0) {
            status = ob_fail(OB_E_POLICY_INVALID, "%s.name: another command has it too", where);
        }
    }
    options->command_count++;
    return status;
}

static ob_status read_sources(ob_policy_options *options, const cJSON *list, bool windows)
{
    ob_status status = OB_OK;
    size_t count = (size_t)cJSON_GetArraySize(list);
    if (count > OB_COMMANDS_MOST) {
        return ob_fail(OB_E_POLICY_INVALID, "policy.commands must have at most %u entries",
                       OB_COMMANDS_MOST);
    }
    options->commands = ob_calloc(count, sizeof *options->commands);
    if (options->commands == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "%zu commands", count);
    }
    for (const cJSON *child = list->child; child != NULL && status == OB_OK; child = child->next) {
        status = read_source(options, child, windows);
    }
    return status;
}

ob_status ob_policy_options_read(ob_policy_options *out, ob_json_object *object, bool windows)
{
    const cJSON *hooks = NULL;
    const cJSON *commands = NULL;
    ob_status status = OB_OK;
    out->default_exclusions = true;
    ob_json_get_bool(object, "default_exclusions", &out->default_exclusions);
    ob_json_get_bool(object, "exclude_caches", &out->exclude_caches);
    int mode = OB_SNAPSHOT_AUTO;
    ob_json_get_choice(object, "snapshot", snapshot_modes, &mode);
    out->snapshot = (ob_snapshot_mode)mode;
    ob_json_get_node(object, "hooks", cJSON_Object, &hooks);
    ob_json_get_node(object, "commands", cJSON_Array, &commands);
    if (hooks != NULL) {
        status = read_hooks(out, hooks, windows);
    }
    if (status == OB_OK && commands != NULL) {
        status = read_sources(out, commands, windows);
    }
    return status;
}

void ob_policy_options_free(ob_policy_options *options)
{
    ob_free(options->commands);
    *options = (ob_policy_options){0};
}

static cJSON *command_json(const ob_command *command, bool *failed)
{
    cJSON *json = ob_json_new_object();
    cJSON *arguments = ob_json_new_array();
    if (command->name != NULL) {
        ob_json_add_text(json, "name", command->name, failed);
    }
    for (size_t i = 0; command->argv[i] != NULL; i++) {
        ob_json_add_node(arguments, NULL, cJSON_CreateString(command->argv[i]), failed);
    }
    ob_json_add_node(json, "command", arguments, failed);
    ob_json_add_int(json, "timeout", command->timeout, failed);
    return json;
}

static void add_hooks(const ob_policy_options *options, cJSON *policy, bool *failed)
{
    cJSON *hooks = ob_json_new_object();
    if (options->before.argv[0] != NULL) {
        ob_json_add_node(hooks, "before", command_json(&options->before, failed), failed);
    }
    if (options->after.argv[0] != NULL) {
        ob_json_add_node(hooks, "after", command_json(&options->after, failed), failed);
    }
    ob_json_add_node(policy, "hooks", hooks, failed);
}

void ob_policy_options_add(const ob_policy_options *options, cJSON *policy, bool *failed)
{
    if (!options->default_exclusions) {
        ob_json_add_bool(policy, "default_exclusions", false, failed);
    }
    if (options->exclude_caches) {
        ob_json_add_bool(policy, "exclude_caches", true, failed);
    }
    if (options->snapshot != OB_SNAPSHOT_AUTO) {
        ob_json_add_text(policy, "snapshot", snapshot_modes[options->snapshot], failed);
    }
    if (options->before.argv[0] != NULL || options->after.argv[0] != NULL) {
        add_hooks(options, policy, failed);
    }
    if (options->command_count > 0) {
        cJSON *commands = ob_json_new_array();
        for (size_t i = 0; i < options->command_count; i++) {
            ob_json_add_node(commands, NULL, command_json(&options->commands[i], failed), failed);
        }
        ob_json_add_node(policy, "commands", commands, failed);
    }
}
