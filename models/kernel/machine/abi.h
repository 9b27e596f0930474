/*
 * What the machine and the compiler promise the kernel: docs/guest-abi.md
 * explains each item.  Code refers to these names, never to bare offsets.
 */
#ifndef _MACHINE_ABI_H_
#define	_MACHINE_ABI_H_

#define	KVBASE		0xfffffe0000000000UL	/* kernel data: KVBASE + offset */
#define	KTEXT		0xffffffff80200000UL	/* first kernel text address */
#define	UTEXT		0x200000UL
#define	UDATA		0x10000000UL
#define	USRSTACK	0x7ffffffff000UL
#define	KDATA_OFFSET	0x1000000UL
#define	PAGE_SIZE	4096
#define	PAGE_SHIFT	12
#define	PAGE_MASK	(PAGE_SIZE - 1)

struct frame {
	unsigned int	 f_func;	/* Table index, __fn_index(). */
	unsigned int	 f_block;	/* Where to resume; 0 at entry. */
	unsigned long	 f_caller;	/* Caller's struct frame, 0 in a first frame. */
	unsigned long	 f_ret;		/* Text address of the return site. */
	unsigned int	 f_kind;	/* KIND_. */
	unsigned int	 f_pad;
	unsigned long	 f_usp;		/* User memory stack pointer. */
	unsigned long	 f_spare;
	unsigned long	 f_args[];	/* 8 bytes each. */
};
#define	FRAME_HEADER	48
#define	KIND_CALL	0
#define	KIND_TRAP	1
#define	KIND_FIRST	2

struct trapframe {
	unsigned long	 tf_trapno;
	unsigned long	 tf_addr;	/* Faulting address. */
	unsigned long	 tf_err;	/* 1: write.  Out: ~0 aborts a user access. */
	unsigned long	 tf_pc;		/* Text address where it happened. */
	unsigned long	 tf_fp;		/* The interrupted struct frame. */
	unsigned long	 tf_user;	/* From user mode. */
	unsigned long	 tf_flags;	/* Interrupt flag to come back to. */
	unsigned long	 tf_nr;		/* System call number ... */
	unsigned long	 tf_args[6];	/* ... and arguments. */
	unsigned long	 tf_rax;	/* Result for user mode. */
	unsigned long	 tf_spare;
};
#define	TF_SIZE		128

struct pcb {
	unsigned long	 pcb_fp;	/* Suspended top kernel frame. */
	unsigned long	 pcb_kstack;	/* Base; the user trapframe lies here. */
	unsigned long	 pcb_kstacksize;
	unsigned long	 pcb_ufp;	/* Top frame of the register stack. */
	unsigned long	 pcb_ustack;	/* Register stack, 0: kernel thread. */
	unsigned long	 pcb_ustacksize;
	unsigned long	 pcb_cr3;	/* Offset of the top page table. */
	unsigned long	 pcb_spare;
};

struct bootinfo {
	unsigned long	 bi_version;
	unsigned long	 bi_ncpu;
	unsigned long	 bi_physfree;	/* First free offset, page aligned. */
	unsigned long	 bi_physend;
	unsigned long	 bi_clockhz;
	unsigned long	 bi_hz;
	unsigned long	 bi_stathz;
	unsigned long	 bi_profhz;
	unsigned long	 bi_rootfs;	/* Kernel address of the boot file system. */
	unsigned long	 bi_rootfssize;
	unsigned long	 bi_kenv;	/* name=value strings, ended by an empty one. */
	unsigned long	 bi_bootstack;
	unsigned long	 bi_bootstacksize;
	unsigned long	 bi_walltime;	/* Seconds since 1970 at power-on. */
};

#define	BOOTFS_MAGIC	0x46424c50U	/* "PLBF" */
struct bootfs_entry {
	unsigned int	 be_magic;
	unsigned int	 be_namelen;	/* With the NUL. */
	unsigned long	 be_size;
	unsigned int	 be_mode;
	unsigned int	 be_mtime;
	/* Name, padded to 16; data; the next entry on a page of its own. */
};

#define	EXEC_MAGIC	0x58424c50U	/* "PLBX" */
struct exec_header {
	unsigned int	 eh_magic;
	unsigned int	 eh_image;
	unsigned int	 eh_entry;	/* Table index of _start. */
	unsigned int	 eh_pad;
	unsigned long	 eh_entryaddr;	/* Text address of _start. */
	unsigned long	 eh_textsize;
	unsigned long	 eh_dataaddr;
	unsigned long	 eh_filesz;
	unsigned long	 eh_memsz;
	unsigned long	 eh_ftab;
	/* Then eh_filesz bytes of data. */
};

/* Trap numbers. */
#define	T_DIVIDE	0
#define	T_BPTFLT	3
#define	T_UNREACHABLE	6
#define	T_PROTFLT	9
#define	T_PAGEFLT	12
#define	T_SYSCALL	22

/*
 * Breakpoints of a process: a byte for each instruction (4 bytes) of its text.
 * Entry PID_MAP_ENTRY of the top page table holds the map's kernel address, or 0.
 */
#define	PID_MAP_ENTRY	511
#define	PID_INSTRUCTION	1		/* Trap before the instruction; tf_err. */
#define	PID_RETURN	2		/* Before a return; tf_rax is its value. */
#define	PID_USDT	4		/* A site of the program's own; tf_rax: enabled? */

/* Interrupt vectors. */
#define	VEC_TIMER	0
#define	VEC_IPI_AST	1
#define	VEC_IPI_RENDEZVOUS 2
#define	VEC_IPI_STOP	3
#define	VEC_CONSOLE	32

/* __hw() operations. */
#define	HW_CONS_WRITE	1
#define	HW_CONS_READ	2
#define	HW_TIMER_SET	3
#define	HW_IPI		4
#define	HW_HALT		5
#define	HW_POWEROFF	6
#define	HW_PANIC	7
#define	HW_RANDOM	8
#define	HW_CPU_START	9
#define	HW_MARK		10
#define	HW_LIBDTRACE	11
#define	HW_CYCLES_LEFT	12

/* What HW_CONS_READ has beside bytes: somebody outside sends a process a signal. */
#define	CONS_KILL	0x100L		/* signal << 16 | pid << 32 */

/* HW_LIBDTRACE subfunctions. */
#define	LD_DOFSIZE	0
#define	LD_DOFCOPY	1
#define	LD_OPTION	2
#define	LD_SETOPT	3
#define	LD_CONSUME	4
#define	LD_AGGSNAP	5
#define	LD_STATUS	6
#define	LD_TEXT		7
#define	LD_GO		8
#define	LD_STOPPED	9
#define	LD_ASK		10
#define	LD_EXITSTATUS	11
#define	LD_EPROBE	12
#define	LD_AGGDESC	13
#define	LD_SYSTEM	14
#define	LD_TARGET	15
#define	LD_FAILED	16
#define	LD_ARGV		17
#define	LD_WANT		18
#define	LD_FILE		19
#define	LD_COMPILE	20
#define	LD_ERRTEXT	21
#define	LD_PIDPROBE	22
#define	LD_HOLD		23

#ifndef __probelab__
/* The compiler knows these; other compilers need to be told. */
void		*__pcpu(void);
void		 __set_pcpu(void *);
unsigned long	 __rdtsc(void);
void		 __pause(void);
unsigned long	 __intr_disable(void);
void		 __intr_restore(unsigned long);
unsigned long	 __hw(int, unsigned long, unsigned long, unsigned long, unsigned long);
long		 __syscall(long, long, long, long, long, long, long);
void		 __cpu_switch(struct pcb *, struct pcb *);
void		 __set_cr3(unsigned long);
void		 __invlpg(unsigned long);
long		 __rep_movsb(void *, const void *, unsigned long);
long		 __rep_stosb(void *, int, unsigned long);
int		 __user_load(unsigned long, int, unsigned long *);
int		 __user_store(unsigned long, int, unsigned long);
int		 __user_cas32(unsigned long, unsigned int, unsigned int, unsigned int *);
int		 __probe_load(unsigned long, int, unsigned long *);
int		 __user_peek(unsigned long, int, unsigned long *);
unsigned int	 __fn_index(void *);
int		 __ghost(void);
struct sdt_probe;
void		 __sdt_probe(struct sdt_probe *, unsigned long, unsigned long, unsigned long, unsigned long, unsigned long);
#endif

#endif /* !_MACHINE_ABI_H_ */
