/*
 * /dev/dtrace/fasttrap: how the consumer asks for probes in a process.
 *
 * On FreeBSD libproc holds a new process by ptrace(2) until tracing is on; here the
 * device does that, too.
 */
#ifndef _SYS_FASTTRAP_H_
#define	_SYS_FASTTRAP_H_

#include <sys/types.h>
#include <sys/dtrace.h>
#include <sys/ioccom.h>

typedef enum fasttrap_probe_type {
	FTT_ENTRY,
	FTT_RETURN,
	FTT_OFFSET,
	FTT_USDT		/* Made by /dev/dtrace/helper only. */
} fasttrap_probe_type_t;

/* A probe, or more places for one that exists. */
typedef struct fasttrap_probe_spec {
	pid_t		 ftps_pid;
	uint32_t	 ftps_type;		/* FTT_. */
	uint64_t	 ftps_textsize;		/* Of the program, bytes. */
	uint64_t	 ftps_pc;		/* Of the function. */
	uint32_t	 ftps_nargs;		/* The function's parameters. */
	uint32_t	 ftps_noffs;
	char		 ftps_mod[DTRACE_MODNAMELEN];
	char		 ftps_func[DTRACE_FUNCNAMELEN];
	char		 ftps_name[DTRACE_NAMELEN];
	uint64_t	 ftps_offs[];		/* Where, less ftps_pc. */
} fasttrap_probe_spec_t;
#define	FASTTRAP_MAXOFFS	400

/* Where a process is to wait for FASTTRAPIOC_RELEASE. */
typedef struct fasttrap_hold {
	pid_t		 fth_pid;
	uint32_t	 fth_pad;
	uint64_t	 fth_pc;	/* At this function's entry; 0: after exec. */
	uint64_t	 fth_textsize;
} fasttrap_hold_t;

#define	FASTTRAPIOC_MAKEPROBE	_IOW('f', 1, uintptr_t) /* fasttrap_probe_spec_t * */
#define	FASTTRAPIOC_HOLD	_IOW('f', 2, fasttrap_hold_t)
#define	FASTTRAPIOC_WAIT	_IOW('f', 3, fasttrap_hold_t)	/* Until it is there. */
#define	FASTTRAPIOC_RELEASE	_IOW('f', 4, fasttrap_hold_t)

#endif /* !_SYS_FASTTRAP_H_ */
