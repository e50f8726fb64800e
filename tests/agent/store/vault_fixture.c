#include "vault_fixture.h"

#include <string.h>

void vault_fixture_make(vault_fixture *fixture)
{
    memset(fixture, 0, sizeof *fixture);
    ob_test_clock_init(&fixture->clock);
    fixture->folder = ob_test_path(ob_test_temp(), "vault");
    fixture->address = ob_test_format("folder:%s", fixture->folder);
    for (size_t i = 0; i < sizeof fixture->machine.bytes; i++) {
        fixture->machine.bytes[i] = (uint8_t)(0xA0 + i);
    }
    ob_check_ok(ob_folder_vault_create(ob_fs_os(), &fixture->clock.clock, fixture->folder, NULL));
}

const ob_buf *vault_fixture_issue(vault_fixture *fixture)
{
    static ob_buf issued[64];
    static size_t count;
    ck_assert_uint_lt(count, sizeof issued / sizeof issued[0]);
    ob_buf *text = &issued[count++];
    ob_buf_free(text);
    ob_check_ok(ob_folder_vault_issue(ob_fs_os(), &fixture->clock.clock, fixture->folder, NULL,
                                      OB_CREDENTIALS_HOURS, text));
    return text;
}

ob_status vault_fixture_redeem(vault_fixture *fixture, const ob_fs *fs, const ob_buf *text,
                               const ob_guid *machine, const char *name)
{
    ob_credentials credentials = {0};
    const ob_clock *clock = &fixture->clock.clock;
    ob_status status =
        ob_credentials_parse(&credentials, text->data, text->length, fixture->clock.now);
    if (status == OB_OK) {
        status = ob_folder_vault_register(fs, clock, &credentials, machine, name, "linux");
    }
    ob_credentials_free(&credentials);
    return status;
}

ob_store *vault_fixture_store(vault_fixture *fixture, const ob_fs *fs)
{
    ob_store *store = NULL;
    ob_check_ok(vault_fixture_redeem(fixture, ob_fs_os(), vault_fixture_issue(fixture),
                                     &fixture->machine, "server"));
    ob_check_ok(ob_folder_store_open(fs, fixture->folder, &fixture->machine, &store));
    return store;
}

const char *vault_fixture_path(const vault_fixture *fixture, const char *name)
{
    char guid[OB_GUID_TEXT];
    ob_guid_format(guid, &fixture->machine);
    const char *machines = ob_test_path(fixture->folder, "machines");
    return ob_test_path(ob_test_path(machines, guid), name);
}
