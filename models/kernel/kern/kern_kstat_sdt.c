/*
 * The probes of the sysinfo and vminfo providers; sys/kstat_sdt.h says what they are.
 */
#include <sys/param.h>
#include <sys/kstat_sdt.h>

SDT_PROVIDER_DEFINE(sysinfo);
SDT_PROVIDER_DEFINE(vminfo);

#define	KSTAT_DEFINE(prov, name)					\
	SDT_PROBE_DEFINE2(prov, , , name, "int", "uint64_t *");
SYSINFO_PROBES(KSTAT_DEFINE)
VMINFO_PROBES(KSTAT_DEFINE)
