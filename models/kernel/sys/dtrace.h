/*
 * DTrace: what its two halves say to each other.
 *
 * The host half (libdtrace) compiles D into DIF, a small instruction set, and
 * wraps that in DOF, a file of sections.  The guest's dtrace process hands the
 * DOF to the kernel half by ioctl(2), and later fetches snapshots of buffers
 * that hold records.  Everything here crosses one of those borders, so sizes
 * and numbers are the interface: they are those of the original on LP64, and
 * the assertions below hold them.
 *
 *	D program --(libdtrace)--> DOF --ENABLE--> ECBs in the kernel
 *	firing --> DIF emulator --> record in a CPU's buffer --BUFSNAP--> consumer
 */
#ifndef _SYS_DTRACE_H_
#define	_SYS_DTRACE_H_

#include <sys/types.h>
#include <sys/ioccom.h>

/* The four parts of a probe's name, with their NUL. */
#define	DTRACE_PROVNAMELEN	64
#define	DTRACE_MODNAMELEN	64
#define	DTRACE_FUNCNAMELEN	192
#define	DTRACE_NAMELEN		64
#define	DTRACE_ARGTYPELEN	128

typedef uint32_t dtrace_id_t;		/* Probe. */
typedef uint32_t dtrace_epid_t;		/* Enabled probe: a clause on a probe. */
typedef uint32_t dtrace_aggid_t;	/* Aggregation of one clause. */
typedef uint32_t dtrace_cacheid_t;	/* Predicate that may be cached. */
typedef int64_t	 dtrace_aggvarid_t;	/* Aggregation variable. */
typedef uint64_t dtrace_genid_t;
typedef uint64_t dtrace_optval_t;
typedef uint16_t dtrace_actkind_t;
typedef uint32_t dif_instr_t;

#define	DTRACE_IDNONE		0
#define	DTRACE_EPIDNONE		0
#define	DTRACE_AGGIDNONE	0
#define	DTRACE_CACHEIDNONE	0
#define	DTRACE_AGGVARIDNONE	0
#define	DTRACE_CPUALL		(-1)

/* Options. */
#define	DTRACEOPT_BUFSIZE	0
#define	DTRACEOPT_BUFPOLICY	1
#define	DTRACEOPT_DYNVARSIZE	2
#define	DTRACEOPT_AGGSIZE	3
#define	DTRACEOPT_SPECSIZE	4
#define	DTRACEOPT_NSPEC		5
#define	DTRACEOPT_STRSIZE	6
#define	DTRACEOPT_CLEANRATE	7
#define	DTRACEOPT_CPU		8
#define	DTRACEOPT_BUFRESIZE	9
#define	DTRACEOPT_GRABANON	10
#define	DTRACEOPT_FLOWINDENT	11
#define	DTRACEOPT_QUIET		12
#define	DTRACEOPT_STACKFRAMES	13
#define	DTRACEOPT_USTACKFRAMES	14
#define	DTRACEOPT_AGGRATE	15
#define	DTRACEOPT_SWITCHRATE	16
#define	DTRACEOPT_STATUSRATE	17
#define	DTRACEOPT_DESTRUCTIVE	18
#define	DTRACEOPT_STACKINDENT	19
#define	DTRACEOPT_RAWBYTES	20
#define	DTRACEOPT_JSTACKFRAMES	21
#define	DTRACEOPT_JSTACKSTRSIZE	22
#define	DTRACEOPT_AGGSORTKEY	23
#define	DTRACEOPT_AGGSORTREV	24
#define	DTRACEOPT_AGGSORTPOS	25
#define	DTRACEOPT_AGGSORTKEYPOS	26
#define	DTRACEOPT_TEMPORAL	27
#define	DTRACEOPT_AGGHIST	28
#define	DTRACEOPT_AGGPACK	29
#define	DTRACEOPT_AGGZOOM	30
#define	DTRACEOPT_ZONE		31
#define	DTRACEOPT_MAX		32

#define	DTRACEOPT_UNSET		((dtrace_optval_t)-2)
#define	DTRACEOPT_BUFPOLICY_RING	0
#define	DTRACEOPT_BUFPOLICY_FILL	1
#define	DTRACEOPT_BUFPOLICY_SWITCH	2
#define	DTRACEOPT_BUFRESIZE_AUTO	0
#define	DTRACEOPT_BUFRESIZE_MANUAL	1

/*
 * DIF: the D intermediate format.  One instruction is 32 bits,
 *
 *	31    24 23    16 15     8 7      0
 *	  op       r1       r2       rd		arithmetic, loads, stores
 *	  op       label (24 bits)		branches
 *	  op       index (16 bits)   rd		setx, sets, ldgs, stgs, call, ...
 *
 * There are eight registers (r0 reads as zero) and a stack of eight tuple
 * registers for the arguments of calls and the keys of associative arrays.
 */
#define	DIF_VERSION		2
#define	DIF_DIR_NREGS		8
#define	DIF_DTR_NREGS		8

#define	DIF_OP_OR	1
#define	DIF_OP_XOR	2
#define	DIF_OP_AND	3
#define	DIF_OP_SLL	4
#define	DIF_OP_SRL	5
#define	DIF_OP_SUB	6
#define	DIF_OP_ADD	7
#define	DIF_OP_MUL	8
#define	DIF_OP_SDIV	9
#define	DIF_OP_UDIV	10
#define	DIF_OP_SREM	11
#define	DIF_OP_UREM	12
#define	DIF_OP_NOT	13
#define	DIF_OP_MOV	14
#define	DIF_OP_CMP	15
#define	DIF_OP_TST	16
#define	DIF_OP_BA	17
#define	DIF_OP_BE	18
#define	DIF_OP_BNE	19
#define	DIF_OP_BG	20
#define	DIF_OP_BGU	21
#define	DIF_OP_BGE	22
#define	DIF_OP_BGEU	23
#define	DIF_OP_BL	24
#define	DIF_OP_BLU	25
#define	DIF_OP_BLE	26
#define	DIF_OP_BLEU	27
#define	DIF_OP_LDSB	28
#define	DIF_OP_LDSH	29
#define	DIF_OP_LDSW	30
#define	DIF_OP_LDUB	31
#define	DIF_OP_LDUH	32
#define	DIF_OP_LDUW	33
#define	DIF_OP_LDX	34
#define	DIF_OP_RET	35
#define	DIF_OP_NOP	36
#define	DIF_OP_SETX	37
#define	DIF_OP_SETS	38
#define	DIF_OP_SCMP	39
#define	DIF_OP_LDGA	40
#define	DIF_OP_LDGS	41
#define	DIF_OP_STGS	42
#define	DIF_OP_LDTA	43
#define	DIF_OP_LDTS	44
#define	DIF_OP_STTS	45
#define	DIF_OP_SRA	46
#define	DIF_OP_CALL	47
#define	DIF_OP_PUSHTR	48
#define	DIF_OP_PUSHTV	49
#define	DIF_OP_POPTS	50
#define	DIF_OP_FLUSHTS	51
#define	DIF_OP_LDGAA	52
#define	DIF_OP_LDTAA	53
#define	DIF_OP_STGAA	54
#define	DIF_OP_STTAA	55
#define	DIF_OP_LDLS	56
#define	DIF_OP_STLS	57
#define	DIF_OP_ALLOCS	58
#define	DIF_OP_COPYS	59
#define	DIF_OP_STB	60
#define	DIF_OP_STH	61
#define	DIF_OP_STW	62
#define	DIF_OP_STX	63
#define	DIF_OP_ULDSB	64
#define	DIF_OP_ULDSH	65
#define	DIF_OP_ULDSW	66
#define	DIF_OP_ULDUB	67
#define	DIF_OP_ULDUH	68
#define	DIF_OP_ULDUW	69
#define	DIF_OP_ULDX	70
#define	DIF_OP_RLDSB	71
#define	DIF_OP_RLDSH	72
#define	DIF_OP_RLDSW	73
#define	DIF_OP_RLDUB	74
#define	DIF_OP_RLDUH	75
#define	DIF_OP_RLDUW	76
#define	DIF_OP_RLDX	77
#define	DIF_OP_XLATE	78
#define	DIF_OP_XLARG	79

#define	DIF_INSTR_OP(i)		(((i) >> 24) & 0xff)
#define	DIF_INSTR_R1(i)		(((i) >> 16) & 0xff)
#define	DIF_INSTR_R2(i)		(((i) >> 8) & 0xff)
#define	DIF_INSTR_RD(i)		((i) & 0xff)
#define	DIF_INSTR_RS(i)		((i) & 0xff)
#define	DIF_INSTR_LABEL(i)	((i) & 0xffffff)
#define	DIF_INSTR_VAR(i)	(((i) >> 8) & 0xffff)
#define	DIF_INSTR_INTEGER(i)	(((i) >> 8) & 0xffff)
#define	DIF_INSTR_STRING(i)	(((i) >> 8) & 0xffff)
#define	DIF_INSTR_SUBR(i)	(((i) >> 8) & 0xffff)
#define	DIF_INSTR_TYPE(i)	(((i) >> 16) & 0xff)

#define	DIF_INTOFF_MAX		0xffff
#define	DIF_STROFF_MAX		0xffff

/* Variables: ids below 0x100 are arrays, 0x500 up belong to the program. */
#define	DIF_VAR_ARRAY_MIN	0x0000
#define	DIF_VAR_ARRAY_UBASE	0x0080
#define	DIF_VAR_ARRAY_MAX	0x00ff
#define	DIF_VAR_OTHER_MIN	0x0100
#define	DIF_VAR_OTHER_UBASE	0x0500
#define	DIF_VAR_OTHER_MAX	0xffff
#define	DIF_VARIABLE_MAX	0xffff

#define	DIF_VAR_ARGS		0x0000
#define	DIF_VAR_REGS		0x0001
#define	DIF_VAR_UREGS		0x0002
#define	DIF_VAR_CURTHREAD	0x0100
#define	DIF_VAR_TIMESTAMP	0x0101
#define	DIF_VAR_VTIMESTAMP	0x0102
#define	DIF_VAR_IPL		0x0103
#define	DIF_VAR_EPID		0x0104
#define	DIF_VAR_ID		0x0105
#define	DIF_VAR_ARG0		0x0106
#define	DIF_VAR_ARG9		0x010f
#define	DIF_VAR_STACKDEPTH	0x0110
#define	DIF_VAR_CALLER		0x0111
#define	DIF_VAR_PROBEPROV	0x0112
#define	DIF_VAR_PROBEMOD	0x0113
#define	DIF_VAR_PROBEFUNC	0x0114
#define	DIF_VAR_PROBENAME	0x0115
#define	DIF_VAR_PID		0x0116
#define	DIF_VAR_TID		0x0117
#define	DIF_VAR_EXECNAME	0x0118
#define	DIF_VAR_ZONENAME	0x0119
#define	DIF_VAR_WALLTIMESTAMP	0x011a
#define	DIF_VAR_USTACKDEPTH	0x011b
#define	DIF_VAR_UCALLER		0x011c
#define	DIF_VAR_PPID		0x011d
#define	DIF_VAR_UID		0x011e
#define	DIF_VAR_GID		0x011f
#define	DIF_VAR_ERRNO		0x0120
#define	DIF_VAR_EXECARGS	0x0121
#define	DIF_VAR_JID		0x0122
#define	DIF_VAR_JAILNAME	0x0123
#define	DIF_VAR_CPU		0x0200

/* Subroutines: the index of a call. */
#define	DIF_SUBR_RAND			0
#define	DIF_SUBR_MUTEX_OWNED		1
#define	DIF_SUBR_MUTEX_OWNER		2
#define	DIF_SUBR_MUTEX_TYPE_ADAPTIVE	3
#define	DIF_SUBR_MUTEX_TYPE_SPIN	4
#define	DIF_SUBR_RW_READ_HELD		5
#define	DIF_SUBR_RW_WRITE_HELD		6
#define	DIF_SUBR_RW_ISWRITER		7
#define	DIF_SUBR_COPYIN			8
#define	DIF_SUBR_COPYINSTR		9
#define	DIF_SUBR_SPECULATION		10
#define	DIF_SUBR_PROGENYOF		11
#define	DIF_SUBR_STRLEN			12
#define	DIF_SUBR_COPYOUT		13
#define	DIF_SUBR_COPYOUTSTR		14
#define	DIF_SUBR_ALLOCA			15
#define	DIF_SUBR_BCOPY			16
#define	DIF_SUBR_COPYINTO		17
#define	DIF_SUBR_MSGDSIZE		18
#define	DIF_SUBR_MSGSIZE		19
#define	DIF_SUBR_GETMAJOR		20
#define	DIF_SUBR_GETMINOR		21
#define	DIF_SUBR_DDI_PATHNAME		22
#define	DIF_SUBR_STRJOIN		23
#define	DIF_SUBR_LLTOSTR		24
#define	DIF_SUBR_BASENAME		25
#define	DIF_SUBR_DIRNAME		26
#define	DIF_SUBR_CLEANPATH		27
#define	DIF_SUBR_STRCHR			28
#define	DIF_SUBR_STRRCHR		29
#define	DIF_SUBR_STRSTR			30
#define	DIF_SUBR_STRTOK			31
#define	DIF_SUBR_SUBSTR			32
#define	DIF_SUBR_INDEX			33
#define	DIF_SUBR_RINDEX			34
#define	DIF_SUBR_HTONS			35
#define	DIF_SUBR_HTONL			36
#define	DIF_SUBR_HTONLL			37
#define	DIF_SUBR_NTOHS			38
#define	DIF_SUBR_NTOHL			39
#define	DIF_SUBR_NTOHLL			40
#define	DIF_SUBR_INET_NTOP		41
#define	DIF_SUBR_INET_NTOA		42
#define	DIF_SUBR_INET_NTOA6		43
#define	DIF_SUBR_TOUPPER		44
#define	DIF_SUBR_TOLOWER		45
#define	DIF_SUBR_MEMREF			46
#define	DIF_SUBR_SX_SHARED_HELD		47
#define	DIF_SUBR_SX_EXCLUSIVE_HELD	48
#define	DIF_SUBR_SX_ISEXCLUSIVE		49
#define	DIF_SUBR_MEMSTR			50
#define	DIF_SUBR_GETF			51
#define	DIF_SUBR_JSON			52
#define	DIF_SUBR_STRTOLL		53
#define	DIF_SUBR_MAX			53

/* A DIF type: of a variable, or of what an object returns. */
struct dtrace_diftype {
	uint8_t		 dtdt_kind;	/* DIF_TYPE_. */
	uint8_t		 dtdt_ckind;	/* CTF kind: 6 struct, 7 union, ... */
	uint8_t		 dtdt_flags;	/* DIF_TF_. */
	uint8_t		 dtdt_pad;
	uint32_t	 dtdt_size;
};
typedef struct dtrace_diftype dtrace_diftype_t;
#define	DIF_TYPE_CTF		0
#define	DIF_TYPE_STRING		1
#define	DIF_TF_BYREF		0x1
#define	DIF_TF_BYUREF		0x2

/* A variable that a DIF object mentions. */
struct dtrace_difv {
	uint32_t	 dtdv_name;	/* Offset in the string table. */
	uint32_t	 dtdv_id;
	uint8_t		 dtdv_kind;	/* DIFV_KIND_. */
	uint8_t		 dtdv_scope;	/* DIFV_SCOPE_. */
	uint16_t	 dtdv_flags;	/* DIFV_F_. */
	dtrace_diftype_t dtdv_type;
};
typedef struct dtrace_difv dtrace_difv_t;
#define	DIFV_KIND_ARRAY		0
#define	DIFV_KIND_SCALAR	1
#define	DIFV_SCOPE_GLOBAL	0
#define	DIFV_SCOPE_THREAD	1
#define	DIFV_SCOPE_LOCAL	2
#define	DIFV_F_REF		0x1
#define	DIFV_F_MOD		0x2

/* Actions. */
#define	DTRACEACT_NONE			0
#define	DTRACEACT_DIFEXPR		1
#define	DTRACEACT_EXIT			2
#define	DTRACEACT_PRINTF		3
#define	DTRACEACT_PRINTA		4
#define	DTRACEACT_LIBACT		5
#define	DTRACEACT_TRACEMEM		6
#define	DTRACEACT_TRACEMEM_DYNSIZE	7
#define	DTRACEACT_PRINTM		8
#define	DTRACEACT_USTACK		0x101
#define	DTRACEACT_JSTACK		0x102
#define	DTRACEACT_USYM			0x103
#define	DTRACEACT_UMOD			0x104
#define	DTRACEACT_UADDR			0x105
#define	DTRACEACT_STOP			0x201
#define	DTRACEACT_RAISE			0x202
#define	DTRACEACT_SYSTEM		0x203
#define	DTRACEACT_FREOPEN		0x204
#define	DTRACEACT_STACK			0x401
#define	DTRACEACT_SYM			0x402
#define	DTRACEACT_MOD			0x403
#define	DTRACEACT_BREAKPOINT		0x501
#define	DTRACEACT_PANIC			0x502
#define	DTRACEACT_CHILL			0x503
#define	DTRACEACT_SPECULATE		0x601
#define	DTRACEACT_COMMIT		0x602
#define	DTRACEACT_DISCARD		0x603
#define	DTRACEACT_CLASS(k)		((k) & 0xff00)
#define	DTRACEACT_ISSPECULATIVE(k)	(DTRACEACT_CLASS(k) == 0x600)
#define	DTRACEACT_ISAGG(k)		(DTRACEACT_CLASS(k) == 0x700)
/* Destructive to the process, or to the whole machine. */
#define	DTRACEACT_ISDESTRUCTIVE(k)					\
	(DTRACEACT_CLASS(k) == 0x200 || DTRACEACT_CLASS(k) == 0x500)
#define	DTRACEACT_ISPRINTFLIKE(k)					\
	((k) == DTRACEACT_PRINTF || (k) == DTRACEACT_PRINTA ||		\
	 (k) == DTRACEACT_SYSTEM || (k) == DTRACEACT_FREOPEN)

#define	DTRACEAGG_COUNT		0x701
#define	DTRACEAGG_MIN		0x702
#define	DTRACEAGG_MAX		0x703
#define	DTRACEAGG_AVG		0x704
#define	DTRACEAGG_SUM		0x705
#define	DTRACEAGG_STDDEV	0x706
#define	DTRACEAGG_QUANTIZE	0x707
#define	DTRACEAGG_LQUANTIZE	0x708
#define	DTRACEAGG_LLQUANTIZE	0x709

#define	DTRACE_QUANTIZE_NBUCKETS	127
#define	DTRACE_QUANTIZE_ZEROBUCKET	63

/* The argument word of lquantize: step << 48 | levels << 32 | base. */
#define	DTRACE_LQUANTIZE_STEP(x)	((uint16_t)((x) >> 48))
#define	DTRACE_LQUANTIZE_LEVELS(x)	((uint16_t)((x) >> 32))
#define	DTRACE_LQUANTIZE_BASE(x)	((int32_t)(x))
/* Of llquantize: factor << 48 | low << 32 | high << 16 | steps. */
#define	DTRACE_LLQUANTIZE_FACTOR(x)	((uint16_t)((x) >> 48))
#define	DTRACE_LLQUANTIZE_LOW(x)	((uint16_t)((x) >> 32))
#define	DTRACE_LLQUANTIZE_HIGH(x)	((uint16_t)((x) >> 16))
#define	DTRACE_LLQUANTIZE_NSTEP(x)	((uint16_t)(x))

/* The argument word of ustack and jstack: string space << 32 | frames. */
#define	DTRACE_USTACK_NFRAMES(x)	((uint32_t)(x))
#define	DTRACE_USTACK_STRSIZE(x)	((uint32_t)((x) >> 32))

/* ERROR's arg4. */
#define	DTRACEFLT_UNKNOWN	0
#define	DTRACEFLT_BADADDR	1
#define	DTRACEFLT_BADALIGN	2
#define	DTRACEFLT_ILLOP		3
#define	DTRACEFLT_DIVZERO	4
#define	DTRACEFLT_NOSCRATCH	5
#define	DTRACEFLT_KPRIV		6
#define	DTRACEFLT_UPRIV		7
#define	DTRACEFLT_TUPOFLOW	8
#define	DTRACEFLT_BADSTACK	9
#define	DTRACEFLT_LIBRARY	1000

/*
 * DOF: the D object format.  A header, a table of section headers, then the
 * sections.  Sections name each other by their index in the table.
 */
#define	DOF_ID_SIZE		16
#define	DOF_ID_MODEL		4
#define	DOF_ID_ENCODING		5
#define	DOF_ID_VERSION		6
#define	DOF_ID_DIFVERS		7
#define	DOF_ID_DIFIREG		8
#define	DOF_ID_DIFTREG		9
#define	DOF_MODEL_LP64		2
#define	DOF_ENCODE_LSB		1
#define	DOF_VERSION		2

typedef uint32_t dof_secidx_t;
typedef uint32_t dof_stridx_t;
#define	DOF_SECIDX_NONE		0xffffffffU

struct dof_hdr {
	uint8_t		 dofh_ident[DOF_ID_SIZE];
	uint32_t	 dofh_flags;
	uint32_t	 dofh_hdrsize;
	uint32_t	 dofh_secsize;
	uint32_t	 dofh_secnum;
	uint64_t	 dofh_secoff;
	uint64_t	 dofh_loadsz;
	uint64_t	 dofh_filesz;
	uint64_t	 dofh_pad;
};
typedef struct dof_hdr dof_hdr_t;

struct dof_sec {
	uint32_t	 dofs_type;	/* DOF_SECT_. */
	uint32_t	 dofs_align;
	uint32_t	 dofs_flags;	/* DOF_SECF_LOAD. */
	uint32_t	 dofs_entsize;	/* Of a table's entries. */
	uint64_t	 dofs_offset;	/* From the header. */
	uint64_t	 dofs_size;
};
typedef struct dof_sec dof_sec_t;
#define	DOF_SECF_LOAD		1

#define	DOF_SECT_NONE		0
#define	DOF_SECT_COMMENTS	1
#define	DOF_SECT_SOURCE		2
#define	DOF_SECT_ECBDESC	3
#define	DOF_SECT_PROBEDESC	4
#define	DOF_SECT_ACTDESC	5
#define	DOF_SECT_DIFOHDR	6
#define	DOF_SECT_DIF		7
#define	DOF_SECT_STRTAB		8
#define	DOF_SECT_VARTAB		9
#define	DOF_SECT_RELTAB		10
#define	DOF_SECT_TYPTAB		11
#define	DOF_SECT_URELHDR	12
#define	DOF_SECT_KRELHDR	13
#define	DOF_SECT_OPTDESC	14
#define	DOF_SECT_PROVIDER	15
#define	DOF_SECT_PROBES		16
#define	DOF_SECT_PRARGS		17
#define	DOF_SECT_PROFFS		18
#define	DOF_SECT_INTTAB		19
#define	DOF_SECT_UTSNAME	20
#define	DOF_SECT_PRENOFFS	26

struct dof_ecbdesc {
	dof_secidx_t	 dofe_probes;	/* PROBEDESC. */
	dof_secidx_t	 dofe_pred;	/* DIFOHDR or none. */
	dof_secidx_t	 dofe_actions;	/* ACTDESC or none. */
	uint32_t	 dofe_pad;
	uint64_t	 dofe_uarg;
};
typedef struct dof_ecbdesc dof_ecbdesc_t;

struct dof_probedesc {
	dof_secidx_t	 dofp_strtab;
	dof_stridx_t	 dofp_provider;
	dof_stridx_t	 dofp_mod;
	dof_stridx_t	 dofp_func;
	dof_stridx_t	 dofp_name;
	uint32_t	 dofp_id;
};
typedef struct dof_probedesc dof_probedesc_t;

struct dof_actdesc {
	dof_secidx_t	 dofa_difo;	/* DIFOHDR or none. */
	dof_secidx_t	 dofa_strtab;	/* Of a format, or none. */
	uint32_t	 dofa_kind;
	uint32_t	 dofa_ntuple;
	uint64_t	 dofa_arg;
	uint64_t	 dofa_uarg;
};
typedef struct dof_actdesc dof_actdesc_t;

struct dof_difohdr {
	dtrace_diftype_t dofd_rtype;
	dof_secidx_t	 dofd_links[1];	/* Really up to the section's end. */
};
typedef struct dof_difohdr dof_difohdr_t;

struct dof_optdesc {
	uint32_t	 dofo_option;
	dof_secidx_t	 dofo_strtab;
	uint64_t	 dofo_value;
};
typedef struct dof_optdesc dof_optdesc_t;

/* Stability: name << 24 | data << 16 | class << 8. */
typedef uint32_t dof_attr_t;

/* A provider of a program's own probes (USDT). */
struct dof_provider {
	dof_secidx_t	 dofpv_strtab;
	dof_secidx_t	 dofpv_probes;		/* PROBES. */
	dof_secidx_t	 dofpv_prargs;		/* PRARGS. */
	dof_secidx_t	 dofpv_proffs;		/* PROFFS. */
	dof_stridx_t	 dofpv_name;
	dof_attr_t	 dofpv_attr[5];		/* Provider, module, function,
						   name, arguments. */
	dof_secidx_t	 dofpv_prenoffs;	/* PRENOFFS. */
};
typedef struct dof_provider dof_provider_t;

/* One of its probes, as far as one function has sites of it. */
struct dof_probe {
	uint64_t	 dofpr_addr;		/* Of the function. */
	dof_stridx_t	 dofpr_func;
	dof_stridx_t	 dofpr_name;
	dof_stridx_t	 dofpr_nargv;		/* First of the native types. */
	dof_stridx_t	 dofpr_xargv;		/* Of the types shown. */
	uint32_t	 dofpr_argidx;		/* In PRARGS: how those are made. */
	uint32_t	 dofpr_offidx;		/* In PROFFS: sites. */
	uint8_t		 dofpr_nargc;
	uint8_t		 dofpr_xargc;
	uint16_t	 dofpr_noffs;
	uint32_t	 dofpr_enoffidx;	/* In PRENOFFS: is-enabled tests. */
	uint16_t	 dofpr_nenoffs;
	uint16_t	 dofpr_pad1;
	uint32_t	 dofpr_pad2;
};
typedef struct dof_probe dof_probe_t;

/* One datum of a record. */
struct dtrace_recdesc {
	dtrace_actkind_t dtrd_action;
	uint32_t	 dtrd_size;
	uint32_t	 dtrd_offset;	/* From the record's first byte. */
	uint16_t	 dtrd_alignment;
	uint16_t	 dtrd_format;
	uint64_t	 dtrd_arg;
	uint64_t	 dtrd_uarg;
};
typedef struct dtrace_recdesc dtrace_recdesc_t;

/* What the consumer learns of an EPID. */
struct dtrace_eprobedesc {
	dtrace_epid_t	 dtepd_epid;
	dtrace_id_t	 dtepd_probeid;
	uint64_t	 dtepd_uarg;
	uint32_t	 dtepd_size;
	int		 dtepd_nrecs;	/* In: room; out: there are. */
	dtrace_recdesc_t dtepd_rec[1];
};
typedef struct dtrace_eprobedesc dtrace_eprobedesc_t;

/* Of an aggregation. */
struct dtrace_aggdesc {
	uint64_t	 dtagd_name;
	dtrace_aggvarid_t dtagd_varid;
	int		 dtagd_flags;
	dtrace_aggid_t	 dtagd_id;
	dtrace_epid_t	 dtagd_epid;
	uint32_t	 dtagd_size;
	int		 dtagd_nrecs;	/* In: room; out: there are. */
	uint32_t	 dtagd_pad;
	dtrace_recdesc_t dtagd_rec[1];
};
typedef struct dtrace_aggdesc dtrace_aggdesc_t;

/* What a record begins with.  Its EPID alone, 0, is padding of four bytes. */
struct dtrace_rechdr {
	dtrace_epid_t	 dtrh_epid;
	uint32_t	 dtrh_timestamp_hi;
	uint32_t	 dtrh_timestamp_lo;
};
typedef struct dtrace_rechdr dtrace_rechdr_t;

struct dtrace_bufdesc {
	uint64_t	 dtbd_size;	/* In: room; out: bytes of records. */
	uint32_t	 dtbd_cpu;
	uint32_t	 dtbd_errors;
	uint64_t	 dtbd_drops;
	uint64_t	 dtbd_data;	/* User address. */
	uint64_t	 dtbd_oldest;	/* Ring: where the oldest record is. */
	uint64_t	 dtbd_timestamp;
};
typedef struct dtrace_bufdesc dtrace_bufdesc_t;

struct dtrace_status {
	uint64_t	 dtst_dyndrops;
	uint64_t	 dtst_dyndrops_rinsing;
	uint64_t	 dtst_dyndrops_dirty;
	uint64_t	 dtst_specdrops;
	uint64_t	 dtst_specdrops_busy;
	uint64_t	 dtst_specdrops_unavail;
	uint64_t	 dtst_errors;
	uint64_t	 dtst_filled;	/* CPUs whose fill buffer is full. */
	uint64_t	 dtst_stkstroverflows;
	uint64_t	 dtst_dblerrors;
	char		 dtst_killed;
	char		 dtst_exiting;
	char		 dtst_pad[6];
};
typedef struct dtrace_status dtrace_status_t;

struct dtrace_conf {
	unsigned int	 dtc_difversion;
	unsigned int	 dtc_difintregs;
	unsigned int	 dtc_diftupregs;
	unsigned int	 dtc_ctfmodel;
	unsigned int	 dtc_pad[8];
};
typedef struct dtrace_conf dtrace_conf_t;

struct dtrace_probedesc {
	dtrace_id_t	 dtpd_id;
	char		 dtpd_provider[DTRACE_PROVNAMELEN];
	char		 dtpd_mod[DTRACE_MODNAMELEN];
	char		 dtpd_func[DTRACE_FUNCNAMELEN];
	char		 dtpd_name[DTRACE_NAMELEN];
};
typedef struct dtrace_probedesc dtrace_probedesc_t;

struct dtrace_argdesc {
	dtrace_id_t	 dtargd_id;
	int		 dtargd_ndx;	/* Out: -1 if there is none. */
	int		 dtargd_mapping;
	char		 dtargd_native[DTRACE_ARGTYPELEN];
	char		 dtargd_xlate[DTRACE_ARGTYPELEN];
};
typedef struct dtrace_argdesc dtrace_argdesc_t;
#define	DTRACE_ARGNONE		(-1)

struct dtrace_fmtdesc {
	uint64_t	 dtfd_string;	/* User address or 0. */
	int		 dtfd_length;	/* In: room; out: with the NUL. */
	uint16_t	 dtfd_format;
};
typedef struct dtrace_fmtdesc dtrace_fmtdesc_t;

struct dtrace_enable_io {
	uint64_t	 dof;		/* User address. */
	int		 n_matched;	/* Out. */
};
typedef struct dtrace_enable_io dtrace_enable_io_t;

/*
 * Requests to /dev/dtrace/dtrace.  Where the type is a pointer, the kernel
 * itself copies what it points at.
 */
#define	DTRACEIOC_PROBES	_IOWR('x', 2, dtrace_probedesc_t)
#define	DTRACEIOC_BUFSNAP	_IOW('x', 4, uintptr_t)	/* dtrace_bufdesc_t * */
#define	DTRACEIOC_PROBEMATCH	_IOWR('x', 5, dtrace_probedesc_t)
#define	DTRACEIOC_ENABLE	_IOWR('x', 6, dtrace_enable_io_t)
#define	DTRACEIOC_AGGSNAP	_IOW('x', 7, uintptr_t)	/* dtrace_bufdesc_t * */
#define	DTRACEIOC_EPROBE	_IOW('x', 8, uintptr_t)	/* dtrace_eprobedesc_t * */
#define	DTRACEIOC_PROBEARG	_IOWR('x', 9, dtrace_argdesc_t)
#define	DTRACEIOC_CONF		_IOR('x', 10, dtrace_conf_t)
#define	DTRACEIOC_STATUS	_IOR('x', 11, dtrace_status_t)
#define	DTRACEIOC_GO		_IOW('x', 12, uintptr_t)	/* processorid_t * */
#define	DTRACEIOC_STOP		_IOW('x', 13, uintptr_t)	/* processorid_t * */
#define	DTRACEIOC_AGGDESC	_IOW('x', 15, uintptr_t)	/* dtrace_aggdesc_t * */
#define	DTRACEIOC_FORMAT	_IOWR('x', 16, dtrace_fmtdesc_t)
#define	DTRACEIOC_OPTGET	_IOWR('x', 17, dof_optdesc_t)	/* DOFGET's place. */

/*
 * Requests to /dev/dtrace/helper: a program tells of the probes that it has.  ADDDOF's
 * result is a number to give to REMOVE.
 */
typedef struct dof_helper {
	char		 dofhp_mod[DTRACE_MODNAMELEN];	/* The program. */
	uint64_t	 dofhp_addr;			/* What to add to addresses. */
	uint64_t	 dofhp_dof;			/* User address. */
	int		 dofhp_gen;			/* Out. */
	int		 dofhp_pad;
} dof_helper_t;
#define	DTRACEHIOC_ADDDOF	_IOWR('z', 1, dof_helper_t)
#define	DTRACEHIOC_REMOVE	_IOW('z', 2, int)

_Static_assert(sizeof(dof_provider_t) == 44, "dof_provider");
_Static_assert(sizeof(dof_probe_t) == 48, "dof_probe");
_Static_assert(sizeof(dtrace_diftype_t) == 8, "diftype");
_Static_assert(sizeof(dtrace_difv_t) == 20, "difv");
_Static_assert(sizeof(dof_hdr_t) == 64, "dof_hdr");
_Static_assert(sizeof(dof_sec_t) == 32, "dof_sec");
_Static_assert(sizeof(dof_ecbdesc_t) == 24, "dof_ecbdesc");
_Static_assert(sizeof(dof_probedesc_t) == 24, "dof_probedesc");
_Static_assert(sizeof(dof_actdesc_t) == 32, "dof_actdesc");
_Static_assert(sizeof(dof_optdesc_t) == 16, "dof_optdesc");
_Static_assert(sizeof(dtrace_recdesc_t) == 32, "recdesc");
_Static_assert(sizeof(dtrace_status_t) == 88, "status");
_Static_assert(sizeof(dtrace_rechdr_t) == 12, "rechdr");

#endif /* !_SYS_DTRACE_H_ */
