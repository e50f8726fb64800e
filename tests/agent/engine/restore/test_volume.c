#include "restore/volume.h"
#include "stage.h"

static ob_file_info info_of(const char *path)
{
    ob_file_info info;
    ob_check_ok(ob_fs_os()->stat(ob_fs_os(), NULL, path, &info));
    return info;
}

START_TEST(volume__is_opened_once)
{
    stage self;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    const char *place = self.scene.source;
    uint64_t device = info_of(place).device;
    ob_volume *volume = ob_volume_of(&self.restore, device, place);
    ck_assert((volume != NULL) == (ob_fs_os()->sync_volume != NULL));
    ck_assert_ptr_eq(ob_volume_of(&self.restore, device, place), volume);
    ck_assert_ptr_eq(self.root->volume, volume);
    ob_check_ok(ob_volume_sync_all(&self.restore));
    stage_close(&self);
}
END_TEST

START_TEST(volume__that_cannot_be_opened_or_synced)
{
    stage self;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    ck_assert_ptr_null(ob_volume_of(&self.restore, UINT64_MAX, "/no/such/place"));
    ob_test_alloc_begin(1, true);
    ck_assert_ptr_null(ob_volume_of(&self.restore, UINT64_MAX, self.scene.source));
    ob_test_alloc_end();
    if (self.restore.volumes != NULL) {
        ob_test_fs_fail(&self.scene.rig.fs, 1, false);
        ob_check_status(ob_volume_sync_all(&self.restore), OB_E_IO);
    }
    stage_close(&self);
}
END_TEST

START_TEST(volume__a_system_that_syncs_no_volumes)
{
    stage self;
    stage_open(&self, OB_OVERWRITE_REPLACE);
    self.scene.rig.fs.fs.sync_volume = NULL;
    ck_assert_ptr_null(ob_volume_of(&self.restore, UINT64_MAX, self.scene.source));
    stage_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, volume__is_opened_once);
    tcase_add_test(cases, volume__that_cannot_be_opened_or_synced);
    tcase_add_test(cases, volume__a_system_that_syncs_no_volumes);
}

OB_TEST_MAIN("restore_volume", add_cases)
