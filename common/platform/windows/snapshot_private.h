/*
 * The part of the Volume Shadow Copy Service that a requester calls, in C: the SDK's vsbackup.h has
 * IVssBackupComponents as a C++ class only. The methods stand in the order of its documentation
 * ("Volume Shadow Copy Service", vsbackup.h); those that are not called only keep their place.
 */
#ifndef OB_WINDOWS_SNAPSHOT_PRIVATE_H
#define OB_WINDOWS_SNAPSHOT_PRIVATE_H

#include "ob/snapshot.h"

#include <windows.h>

#include <vss.h>

typedef struct ob_vss_backup ob_vss_backup;
typedef void (*ob_vss_unused)(void);

typedef struct ob_vss_methods {
    ob_vss_unused query_interface;
    ob_vss_unused add_ref;
    ULONG(WINAPI *release)(ob_vss_backup *self);
    ob_vss_unused get_writer_components_count;
    ob_vss_unused get_writer_components;
    HRESULT(WINAPI *initialize_for_backup)(ob_vss_backup *self, BSTR xml);
    HRESULT(WINAPI *set_backup_state)
    (ob_vss_backup *self, bool components, bool bootable, VSS_BACKUP_TYPE type, bool partial_files);
    ob_vss_unused initialize_for_restore;
    ob_vss_unused set_restore_state;
    HRESULT(WINAPI *gather_writer_metadata)(ob_vss_backup *self, IVssAsync **async);
    ob_vss_unused get_writer_metadata_count;
    ob_vss_unused get_writer_metadata;
    HRESULT(WINAPI *free_writer_metadata)(ob_vss_backup *self);
    ob_vss_unused add_component;
    HRESULT(WINAPI *prepare_for_backup)(ob_vss_backup *self, IVssAsync **async);
    HRESULT(WINAPI *abort_backup)(ob_vss_backup *self);
    HRESULT(WINAPI *gather_writer_status)(ob_vss_backup *self, IVssAsync **async);
    HRESULT(WINAPI *get_writer_status_count)(ob_vss_backup *self, UINT *count);
    HRESULT(WINAPI *free_writer_status)(ob_vss_backup *self);
    HRESULT(WINAPI *get_writer_status)
    (ob_vss_backup *self, UINT index, VSS_ID *instance, VSS_ID *writer, BSTR *name,
     VSS_WRITER_STATE *state, HRESULT *failure);
    ob_vss_unused set_backup_succeeded;
    ob_vss_unused set_backup_options;
    ob_vss_unused set_selected_for_restore;
    ob_vss_unused set_restore_options;
    ob_vss_unused set_additional_restores;
    ob_vss_unused set_previous_backup_stamp;
    ob_vss_unused save_as_xml;
    HRESULT(WINAPI *backup_complete)(ob_vss_backup *self, IVssAsync **async);
    ob_vss_unused add_alternative_location_mapping;
    ob_vss_unused add_restore_subcomponent;
    ob_vss_unused set_file_restore_status;
    ob_vss_unused add_new_target;
    ob_vss_unused set_ranges_file_path;
    ob_vss_unused pre_restore;
    ob_vss_unused post_restore;
    HRESULT(WINAPI *set_context)(ob_vss_backup *self, LONG context);
    HRESULT(WINAPI *start_snapshot_set)(ob_vss_backup *self, VSS_ID *set);
    HRESULT(WINAPI *add_to_snapshot_set)
    (ob_vss_backup *self, VSS_PWSZ volume, VSS_ID provider, VSS_ID *snapshot);
    HRESULT(WINAPI *do_snapshot_set)(ob_vss_backup *self, IVssAsync **async);
    HRESULT(WINAPI *delete_snapshots)
    (ob_vss_backup *self, VSS_ID object, VSS_OBJECT_TYPE type, BOOL force, LONG *deleted,
     VSS_ID *not_deleted);
    ob_vss_unused import_snapshots;
    ob_vss_unused break_snapshot_set;
    HRESULT(WINAPI *get_snapshot_properties)
    (ob_vss_backup *self, VSS_ID snapshot, VSS_SNAPSHOT_PROP *out);
    ob_vss_unused query;
    HRESULT(WINAPI *is_volume_supported)
    (ob_vss_backup *self, VSS_ID provider, VSS_PWSZ volume, BOOL *supported);
    ob_vss_unused disable_writer_classes;
    ob_vss_unused enable_writer_classes;
    ob_vss_unused disable_writer_instances;
    ob_vss_unused expose_snapshot;
    ob_vss_unused revert_to_snapshot;
    ob_vss_unused query_revert_status;
} ob_vss_methods;

struct ob_vss_backup {
    const ob_vss_methods *methods;
};

/* What vssapi.dll exports. */
typedef struct ob_vss_api {
    HRESULT(WINAPI *create)(ob_vss_backup **out);
    void(WINAPI *free_properties)(VSS_SNAPSHOT_PROP *properties); /* their texts */
} ob_vss_api;

typedef struct ob_vss_settings {
    ob_status (*load)(ob_vss_api *out);
    DWORD limit_ms; /* for each of the steps that the service takes its time for */
    DWORD pause_ms; /* between two looks at such a step */
    unsigned tries; /* to begin while another program takes a snapshot */
    DWORD retry_ms; /* between two of them */
} ob_vss_settings;

/* `settings` are borrowed. */
ob_snapshots ob_vss_snapshots(const ob_vss_settings *settings);

#endif
