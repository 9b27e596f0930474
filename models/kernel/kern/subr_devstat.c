/*
 * The io provider's probes: the beginning and the end of a device's work.
 *
 * On FreeBSD devstat(9) fires them as it counts a transaction.  There is no disk in
 * this machine, so nothing fires; but the probes exist, and scripts about disks compile
 * and enable.  The third argument, the file that a request is for, is what the
 * Dynamic Tracing Guide gives io probes; FreeBSD's have two.
 */
#include <sys/param.h>
#include <sys/bio.h>
#include <sys/buf.h>
#include <sys/devicestat.h>
#include <sys/sdt.h>

SDT_PROVIDER_DEFINE(io);

SDT_PROBE_DEFINE3_XLATE(io, , , start, "struct bio *", "bufinfo_t *",
    "struct devstat *", "devinfo_t *", "struct bio *", "fileinfo_t *");
SDT_PROBE_DEFINE3_XLATE(io, , , done, "struct bio *", "bufinfo_t *",
    "struct devstat *", "devinfo_t *", "struct bio *", "fileinfo_t *");
SDT_PROBE_DEFINE3_XLATE(io, , , wait__start, "struct bio *", "bufinfo_t *",
    "struct devstat *", "devinfo_t *", "struct bio *", "fileinfo_t *");
SDT_PROBE_DEFINE3_XLATE(io, , , wait__done, "struct bio *", "bufinfo_t *",
    "struct devstat *", "devinfo_t *", "struct bio *", "fileinfo_t *");
