/*
 * dtrace: what the files of the consumer share.
 */
#ifndef _DTRACE_H_
#define	_DTRACE_H_

#include <sys/types.h>
#include <stdint.h>

#define	MAXTARGETS	16

/* dtrace.c */
extern pid_t	 self;			/* Of -b: whom to signal. */

/* libdtrace.c */
extern int	 outfd;			/* -o */
extern int	 own;			/* The arguments are a program of ours. */

/* Why there is no tracing: libdtrace finds the words. */
enum step { INITIALIZE, ENABLE, GO, GRAB, READ, EXECUTE };

unsigned long	 libdtrace(int sub, unsigned long a, unsigned long b,
		    unsigned long c);
void		 leave(int status);
void		 fail(enum step step);
void		 fail_at(enum step step, int which);
void		 drain_errors(void);
void		 drain(void);

/* args.c */
extern const char *outfile;		/* -o */

int		 rc_arguments(int argc, char **argv, char **commands,
		    int *bflag);
int		 own_arguments(int argc, char **argv, char **commands);

/* targets.c */
extern pid_t	 target;		/* $target: the first of them. */
extern pid_t	 children[MAXTARGETS];	/* -c; 0 when it has ended. */
extern int	 gates[MAXTARGETS];	/* Each waits at its own. */
extern int	 nchildren;
extern pid_t	 followed[MAXTARGETS];	/* -p */
extern int	 nfollowed;
extern int	 nlive;			/* Of both, those that run. */
extern int	 holdfd;		/* The first waits for its release. */

void		 grab(void);
void		 check_followed(void);
char		**split(char *s);
void		 start_child(char **argv, int which);
void		 check_children(void);
void		 hold_target(void);
void		 release_target(void);

/* enable.c */
extern int	 fd;			/* /dev/dtrace/dtrace */
extern uint64_t	 bufsize, aggsize;	/* Of a CPU's buffers; 0: none. */
extern char	*bufdata, *aggdata;	/* Room for one of each. */

int		 enable(void);
void		 describe_probes(void);
void		 describe_aggregations(void);
void		 go(void);

/* snap.c */
void		 snapshot_buffers(void);
void		 snapshot_aggregations(void);
int		 check_status(void);

#endif /* !_DTRACE_H_ */
