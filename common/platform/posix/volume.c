#include "fs_private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/vfs.h>
#include <unistd.h>

/* f_type of statfs(2), from the kernel's headers, which not every system has installed. */
static const struct {
    unsigned long magic;
    ob_volume_kind kind;
} volumes[] = {
    {0x00009fa0, OB_VOLUME_KERNEL},  /* proc */
    {0x00009fa1, OB_VOLUME_KERNEL},  /* openpromfs */
    {0x00009fa2, OB_VOLUME_KERNEL},  /* usbdevfs */
    {0x62656572, OB_VOLUME_KERNEL},  /* sysfs */
    {0x0027e0eb, OB_VOLUME_KERNEL},  /* cgroup */
    {0x63677270, OB_VOLUME_KERNEL},  /* cgroup2 */
    {0x00001cd1, OB_VOLUME_KERNEL},  /* devpts */
    {0x64626720, OB_VOLUME_KERNEL},  /* debugfs */
    {0x74726163, OB_VOLUME_KERNEL},  /* tracefs */
    {0x73636673, OB_VOLUME_KERNEL},  /* securityfs */
    {0x6165676c, OB_VOLUME_KERNEL},  /* pstore */
    {0xde5e81e4, OB_VOLUME_KERNEL},  /* efivarfs */
    {0xcafe4a11, OB_VOLUME_KERNEL},  /* bpf */
    {0x62656570, OB_VOLUME_KERNEL},  /* configfs */
    {0x65735543, OB_VOLUME_KERNEL},  /* fusectl */
    {0x19800202, OB_VOLUME_KERNEL},  /* mqueue */
    {0x958458f6, OB_VOLUME_KERNEL},  /* hugetlbfs */
    {0x42494e4d, OB_VOLUME_KERNEL},  /* binfmt_misc */
    {0xf97cff8c, OB_VOLUME_KERNEL},  /* selinuxfs */
    {0x43415d53, OB_VOLUME_KERNEL},  /* smackfs */
    {0x5a3c69f0, OB_VOLUME_KERNEL},  /* apparmorfs */
    {0x67596969, OB_VOLUME_KERNEL},  /* rpc_pipefs */
    {0x6e667364, OB_VOLUME_KERNEL},  /* nfsd */
    {0x6e736673, OB_VOLUME_KERNEL},  /* nsfs */
    {0x07655821, OB_VOLUME_KERNEL},  /* resctrl */
    {0xabba1974, OB_VOLUME_KERNEL},  /* xenfs */
    {0x01021994, OB_VOLUME_PASSING}, /* tmpfs, devtmpfs */
    {0x858458f6, OB_VOLUME_PASSING}, /* ramfs */
    {0x73717368, OB_VOLUME_PASSING}, /* squashfs */
    {0x00000187, OB_VOLUME_PASSING}, /* autofs: a place where nothing is mounted now */
};

static ob_volume_kind kind_of(unsigned long magic)
{
    for (size_t i = 0; i < sizeof volumes / sizeof volumes[0]; i++) {
        if (volumes[i].magic == magic) {
            return volumes[i].kind;
        }
    }
    return OB_VOLUME_DATA;
}

ob_status ob_posix_volume_kind(const ob_fs *fs, ob_dir *dir, const char *name, ob_volume_kind *out)
{
    struct statfs st;
    int base = -1;
    ob_status status = ob_posix_base(dir, name, &base);
    (void)fs;
    if (OB_FAILED(status)) {
        return status;
    }
    int fd = openat(base, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return ob_posix_fail(errno, dir, name);
    }
    if (fstatfs(fd, &st) != 0) {
        status = ob_posix_fail(errno, dir, name);
    } else {
        *out = kind_of((unsigned long)st.f_type & 0xffffffffUL);
    }
    close(fd);
    return status;
}
