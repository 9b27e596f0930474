/*
 * execve(2): a process becomes another program.
 *
 * The path and all arguments are copied in first, for the old address space is
 * about to go.  Then the image activators look at the file's first page; the one
 * that knows the format replaces the address space and fills it.  A script names
 * its interpreter, and we start over with that.  At last the arguments go onto
 * the new stack and the thread's first user frame is made.
 */
#include <sys/param.h>
#include <sys/dtrace_bsd.h>
#include <sys/eventhandler.h>
#include <sys/fcntl.h>
#include <sys/filedesc.h>
#include <sys/imgact.h>
#include <sys/kernel.h>
#include <sys/kstat_sdt.h>
#include <sys/malloc.h>
#include <sys/mutex.h>
#include <sys/namei.h>
#include <sys/proc.h>
#include <sys/sdt.h>
#include <sys/signalvar.h>
#include <sys/sysproto.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <vm/vm.h>
#include <vm/vm_extern.h>
#include <vm/vm_map.h>
#include <vm/pmap.h>

SDT_PROVIDER_DECLARE(proc);
SDT_PROBE_DEFINE1(proc, , , exec, "char *");
SDT_PROBE_DEFINE1(proc, , , exec__failure, "int");
SDT_PROBE_DEFINE1(proc, , , exec__success, "char *");

MALLOC_DEFINE(M_EXEC, "exec", "execve(2) buffers");
SET_DECLARE(execsw_set, const struct execsw);

static int	do_execve(struct thread *td, struct image_args *args);
static int	exec_map_first_page(struct image_params *imgp);

int
sys_execve(struct thread *td, struct execve_args *uap)
{
	struct image_args args;
	int error;

	SDT_PROBE2(sysinfo, , , sysexec, 1, 0);
	error = exec_copyin_args(&args, uap->fname, UIO_USERSPACE, uap->argv,
	    uap->envv);
	if (error == 0)
		error = kern_execve(td, &args);
	return (error);
}

/*
 * Start the program that args tell of; they are freed.  EJUSTRETURN means that it
 * went well: there is no old program to return to.
 */
int
kern_execve(struct thread *td, struct image_args *args)
{
	struct proc *p;
	int error;

	p = td->td_proc;
	/* Only one thread may come with us. */
	PROC_LOCK(p);
	if (p->p_flag & P_HADTHREADS) {
		if (thread_single(p, SINGLE_EXIT) != 0) {
			PROC_UNLOCK(p);
			exec_free_args(args);
			return (ERESTART);	/* We are about to end. */
		}
	}
	PROC_UNLOCK(p);
	error = do_execve(td, args);
	PROC_LOCK(p);
	thread_single_end(p);
	PROC_UNLOCK(p);
	return (error == 0 ? EJUSTRETURN : error);
}

static int
do_execve(struct thread *td, struct image_args *args)
{
	struct nameidata nd;
	struct image_params image_params, *imgp;
	const struct execsw **execsw;
	struct pargs *newargs, *oldargs;
	struct proc *p;
	struct vattr attr;
	struct vnode *oldtextvp, *newtextvp;
	const char *comm, *name;
	int error, i;

	p = td->td_proc;
	imgp = &image_params;
	bzero(imgp, sizeof(*imgp));
	imgp->proc = p;
	imgp->attr = &attr;
	imgp->args = args;
	name = args->fname;
	newtextvp = NULL;

	SDT_PROBE1(proc, , , exec, args->fname);

interpret:
	NDINIT(&nd, LOOKUP, LOCKLEAF | LOCKSHARED | FOLLOW, UIO_SYSSPACE, name,
	    td);
	error = namei(&nd);
	if (error != 0)
		goto exec_fail;
	NDFREE_PNBUF(&nd);
	newtextvp = imgp->vp = nd.ni_vp;

	error = exec_check_permissions(imgp);
	if (error != 0)
		goto exec_fail_dealloc;
	error = exec_map_first_page(imgp);
	if (error != 0)
		goto exec_fail_dealloc;

	/* Whose format is it? */
	error = -1;
	for (execsw = SET_BEGIN(execsw_set);
	    error == -1 && execsw < SET_LIMIT(execsw_set); execsw++)
		error = (*execsw)->ex_imgact(imgp);
	if (error != 0) {
		if (error == -1)
			error = ENOEXEC;
		goto exec_fail_dealloc;
	}
	if (imgp->interpreted == 1) {
		/* Once: an interpreter is not a script itself. */
		imgp->interpreted = 2;
		vput(newtextvp);
		newtextvp = NULL;
		free(__DECONST(void *, imgp->image_header), M_EXEC);
		imgp->image_header = NULL;
		name = imgp->interpreter_name;
		goto interpret;
	}

	/* The old program is gone: from here on an error is the end. */
	error = exec_copyout_strings(imgp);
	if (error != 0)
		goto exec_fail_dealloc;
	VOP_UNLOCK(imgp->vp);

	fdcloseexec(td);
	newargs = NULL;
	i = imgp->args->begin_envv - imgp->args->begin_argv;
	if (i > 0 && i <= PAGE_SIZE) {
		newargs = pargs_alloc(i);
		bcopy(imgp->args->begin_argv, newargs->ar_args, i);
	}
	PROC_LOCK(p);
	execsigs(p);
	oldtextvp = p->p_textvp;
	p->p_textvp = newtextvp;
	oldargs = p->p_args;
	p->p_args = newargs;
	p->p_flag |= P_EXEC;
	/* A script goes by the name of its interpreter. */
	comm = strrchr(name, '/');
	comm = comm != NULL ? comm + 1 : name;
	proc_set_comm(p, comm);
	thread_set_name(td, comm);
	/* vfork's parent has its memory for itself again. */
	if (p->p_flag & P_PPWAIT) {
		p->p_flag &= ~P_PPWAIT;
		wakeup(&p->p_pptr);
	}
	PROC_UNLOCK(p);
	pargs_drop(oldargs);

	exec_setregs(td, imgp);
	if (oldtextvp != NULL)
		vrele(oldtextvp);

	EVENTHANDLER_INVOKE(process_exec, p, imgp);
	SDT_PROBE1(proc, , , exec__success, args->fname);
#ifdef KDTRACE_HOOKS
	/* Probes in the old program are gone; the new one may have to wait. */
	if (__predict_false(dtrace_fasttrap_exec != NULL))
		(*dtrace_fasttrap_exec)(p);
#endif
	goto done;

exec_fail_dealloc:
	if (newtextvp != NULL)
		vput(newtextvp);
exec_fail:
	SDT_PROBE1(proc, , , exec__failure, error);
done:
	if (imgp->image_header != NULL)
		free(__DECONST(void *, imgp->image_header), M_EXEC);
	if (imgp->interpreter_name != NULL)
		free(imgp->interpreter_name, M_EXEC);
	exec_free_args(args);
	if (error != 0 && imgp->stack_base != 0) {
		/* No way back, and none forward. */
		exit1(td, 0, SIGABRT);
	}
	return (error);
}

/* Is it a regular file that may be executed? */
int
exec_check_permissions(struct image_params *imgp)
{
	struct thread *td;
	struct vnode *vp;
	int error;

	td = curthread;
	vp = imgp->vp;
	error = VOP_GETATTR(vp, imgp->attr, td->td_ucred);
	if (error != 0)
		return (error);
	if (vp->v_type != VREG || (imgp->attr->va_mode & 0111) == 0)
		return (EACCES);
	if (imgp->attr->va_size == 0)
		return (ENOEXEC);
	return (VOP_ACCESS(vp, VEXEC, td->td_ucred, td));
}

/* Read the file's first page, by which formats are told apart. */
static int
exec_map_first_page(struct image_params *imgp)
{
	char *page;
	ssize_t resid;
	int error;

	page = malloc(PAGE_SIZE, M_EXEC, M_WAITOK);
	error = vn_rdwr(UIO_READ, imgp->vp, page, PAGE_SIZE, 0, UIO_SYSSPACE,
	    IO_NODELOCKED, curthread->td_ucred, &resid, curthread);
	if (error != 0) {
		free(page, M_EXEC);
		return (error);
	}
	imgp->image_header = page;
	imgp->image_size = PAGE_SIZE - resid;
	return (0);
}

/*
 * An empty address space with a stack.  If memory is shared (vfork) we leave it
 * to the other, else we empty our own.
 */
int
exec_new_vmspace(struct image_params *imgp)
{
	struct proc *p;
	struct vmspace *vmspace;
	vm_map_t map;
	int error;

	p = imgp->proc;
	vmspace = p->p_vmspace;
	map = &vmspace->vm_map;
	if (vmspace->vm_refcnt == 1 && vmspace != &vmspace0) {
		pmap_remove_pages(vmspace_pmap(vmspace));
		vm_map_remove(map, vm_map_min(map), vm_map_max(map));
	} else {
		error = vmspace_exec(p, VM_MIN_ADDRESS, VM_MAXUSER_ADDRESS);
		if (error != 0)
			return (error);
		vmspace = p->p_vmspace;
		map = &vmspace->vm_map;
	}
	imgp->stack_base = USRSTACK;
	vmspace->vm_ssize = 0;
	error = vm_map_stack(map, USRSTACK - DFLSSIZ, DFLSSIZ, VM_PROT_RW,
	    VM_PROT_ALL, MAP_STACK_GROWS_DOWN);
	return (vm_mmap_to_errno(error));
}

/*
 * Strings, then the two vectors of pointers to them, at the top of the stack.
 *
 *   USRSTACK  | strings | envv .. NULL | argv .. NULL |  the stack grows down
 */
int
exec_copyout_strings(struct image_params *imgp)
{
	struct image_args *args;
	unsigned long destp, vectp, *vect;
	char *stringp;
	size_t len, vlen;
	int error, i, n;

	args = imgp->args;
	len = args->endp - args->begin_argv;
	destp = rounddown2(imgp->stack_base - len, sizeof(void *));
	error = copyout(args->begin_argv, (void *)destp, len);
	if (error != 0)
		return (error);

	vlen = (args->argc + 1 + args->envc + 1) * sizeof(void *);
	vectp = rounddown2(destp - vlen, 16);
	vect = malloc(vlen, M_EXEC, M_WAITOK);
	stringp = args->begin_argv;
	n = 0;
	for (i = 0; i < args->argc; i++) {
		vect[n++] = destp + (stringp - args->begin_argv);
		stringp += strlen(stringp) + 1;
	}
	vect[n++] = 0;
	for (i = 0; i < args->envc; i++) {
		vect[n++] = destp + (stringp - args->begin_argv);
		stringp += strlen(stringp) + 1;
	}
	vect[n++] = 0;
	error = copyout(vect, (void *)vectp, vlen);
	free(vect, M_EXEC);
	imgp->argv = vectp;
	imgp->envv = vectp + (args->argc + 1) * sizeof(void *);
	imgp->stack_base = vectp;
	return (error);
}

/* The thread begins anew, at _start(argc, argv, envv). */
void
exec_setregs(struct thread *td, struct image_params *imgp)
{

	td->td_proc->p_ftab = imgp->ftab;
	td->td_pcb->pcb_spare = imgp->ftab;
	cpu_exec_frame(td, imgp->entry_func, imgp->entry_addr, imgp->stack_base,
	    imgp->args->argc, imgp->argv, imgp->envv);
}

/*
 * Collecting arguments.  The buffers are large, so used ones are kept.
 */
struct exec_args_buf {
	SLIST_ENTRY(exec_args_buf) next;
};
static SLIST_HEAD(, exec_args_buf) exec_args_freelist =
    SLIST_HEAD_INITIALIZER(exec_args_freelist);	/* (exec_args_mtx) */
static struct mtx exec_args_mtx;
MTX_SYSINIT(exec_args, &exec_args_mtx, "exec args kva", MTX_DEF);
#define	EXEC_BUFSIZE	(PATH_MAX + ARG_MAX)

int
exec_alloc_args(struct image_args *args)
{
	struct exec_args_buf *b;

	mtx_lock(&exec_args_mtx);
	b = SLIST_FIRST(&exec_args_freelist);
	if (b != NULL)
		SLIST_REMOVE_HEAD(&exec_args_freelist, next);
	mtx_unlock(&exec_args_mtx);
	if (b == NULL)
		b = malloc(EXEC_BUFSIZE, M_EXEC, M_WAITOK);
	args->buf = (char *)b;
	return (0);
}

void
exec_free_args(struct image_args *args)
{
	struct exec_args_buf *b;

	b = (struct exec_args_buf *)args->buf;
	if (b == NULL)
		return;
	mtx_lock(&exec_args_mtx);
	SLIST_INSERT_HEAD(&exec_args_freelist, b, next);
	mtx_unlock(&exec_args_mtx);
	args->buf = NULL;
}

/* The path comes first; the arguments begin after it. */
int
exec_args_add_fname(struct image_args *args, const char *fname,
    enum uio_seg segflg)
{
	size_t length;
	int error;

	if (fname == NULL)
		return (EFAULT);
	args->fname = args->buf;
	error = segflg == UIO_SYSSPACE ?
	    copystr(fname, args->fname, PATH_MAX, &length) :
	    copyinstr(fname, args->fname, PATH_MAX, &length);
	if (error != 0)
		return (error == ENAMETOOLONG ? E2BIG : error);
	args->begin_argv = args->endp = args->begin_envv =
	    args->buf + length;
	args->stringspace = ARG_MAX;
	args->argc = args->envc = 0;
	return (0);
}

static int
exec_args_add_str(struct image_args *args, const char *str,
    enum uio_seg segflg, int *countp)
{
	size_t length;
	int error;

	error = segflg == UIO_SYSSPACE ?
	    copystr(str, args->endp, args->stringspace, &length) :
	    copyinstr(str, args->endp, args->stringspace, &length);
	if (error != 0)
		return (error == ENAMETOOLONG ? E2BIG : error);
	args->stringspace -= length;
	args->endp += length;
	(*countp)++;
	return (0);
}

int
exec_args_add_arg(struct image_args *args, const char *str,
    enum uio_seg segflg)
{
	int error;

	KASSERT(args->envc == 0, ("argument after environment"));
	error = exec_args_add_str(args, str, segflg, &args->argc);
	args->begin_envv = args->endp;
	return (error);
}

int
exec_args_add_env(struct image_args *args, const char *str,
    enum uio_seg segflg)
{

	return (exec_args_add_str(args, str, segflg, &args->envc));
}

/*
 * Make room for `extend' bytes at the front of the arguments, in place of the
 * first `consume' bytes (the first argument): a script's argv.
 */
int
exec_args_adjust_args(struct image_args *args, size_t consume, ssize_t extend)
{
	ssize_t offset;

	offset = extend - consume;
	if (offset > args->stringspace)
		return (E2BIG);
	memmove(args->begin_argv + extend, args->begin_argv + consume,
	    args->endp - (args->begin_argv + consume));
	if (args->argc > 0 && consume > 0)
		args->argc--;
	args->endp += offset;
	args->begin_envv += offset;
	args->stringspace -= offset;
	return (0);
}

int
exec_copyin_args(struct image_args *args, const char *fname,
    enum uio_seg segflg, char **argv, char **envv)
{
	unsigned long arg;
	int error;

	bzero(args, sizeof(*args));
	if (argv == NULL)
		return (EFAULT);
	error = exec_alloc_args(args);
	if (error != 0)
		return (error);
	error = exec_args_add_fname(args, fname, segflg);
	while (error == 0) {
		error = fueword64(argv++, (int64_t *)&arg);
		if (error == -1)
			error = EFAULT;
		if (error != 0 || arg == 0)
			break;
		error = exec_args_add_arg(args, (char *)arg, UIO_USERSPACE);
	}
	while (error == 0 && envv != NULL) {
		error = fueword64(envv++, (int64_t *)&arg);
		if (error == -1)
			error = EFAULT;
		if (error != 0 || arg == 0)
			break;
		error = exec_args_add_env(args, (char *)arg, UIO_USERSPACE);
	}
	if (error != 0)
		exec_free_args(args);
	return (error);
}
