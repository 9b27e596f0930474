/*
 * The machine's own program format (magic "PLBX", struct exec_header).
 *
 * Text is not read: the machine has it already and the header says where its
 * functions are in the table.  What the file brings is the initial data.
 *
 *   UDATA  | data (from the file) | bss (zero) | break grows up ...
 */
#include <sys/param.h>
#include <sys/imgact.h>
#include <sys/kernel.h>
#include <sys/proc.h>
#include <sys/systm.h>
#include <sys/vnode.h>
#include <vm/vm.h>
#include <vm/vm_extern.h>
#include <vm/vm_map.h>

static int
exec_plbx_imgact(struct image_params *imgp)
{
	const struct exec_header *eh;
	struct vmspace *vmspace;
	struct thread *td;
	unsigned long start, size;
	ssize_t resid;
	int error;

	eh = (const struct exec_header *)imgp->image_header;
	if (imgp->image_size < sizeof(*eh) || eh->eh_magic != EXEC_MAGIC)
		return (-1);
	if (eh->eh_filesz > eh->eh_memsz ||
	    eh->eh_dataaddr < UDATA ||
	    eh->eh_dataaddr + eh->eh_memsz > USRSTACK - DFLSSIZ ||
	    sizeof(*eh) + eh->eh_filesz > (unsigned long)imgp->attr->va_size)
		return (ENOEXEC);

	error = exec_new_vmspace(imgp);
	if (error != 0)
		return (error);
	vmspace = imgp->proc->p_vmspace;
	start = trunc_page(eh->eh_dataaddr);
	size = round_page(eh->eh_dataaddr + eh->eh_memsz) - start;
	if (size == 0)
		size = PAGE_SIZE;
	error = vm_mmap_to_errno(vm_map_fixed(&vmspace->vm_map, NULL, 0, start,
	    size, VM_PROT_RW, VM_PROT_ALL, 0));
	if (error != 0)
		return (error);
	vmspace->vm_taddr = (caddr_t)eh->eh_entryaddr;
	vmspace->vm_tsize = atop(round_page(eh->eh_textsize));
	vmspace->vm_daddr = (caddr_t)start;
	vmspace->vm_dsize = atop(size);

	td = curthread;
	if (eh->eh_filesz != 0) {
		error = vn_rdwr(UIO_READ, imgp->vp, (void *)eh->eh_dataaddr,
		    eh->eh_filesz, sizeof(*eh), UIO_USERSPACE, IO_NODELOCKED,
		    td->td_ucred, &resid, td);
		if (error == 0 && resid != 0)
			error = ENOEXEC;
		if (error != 0)
			return (error);
	}
	imgp->entry_func = eh->eh_entry;
	imgp->entry_addr = eh->eh_entryaddr;
	imgp->ftab = eh->eh_ftab;
	imgp->proc->p_ustat_image = eh->eh_image;
	return (0);
}

static const struct execsw plbx_execsw = {
	.ex_imgact = exec_plbx_imgact,
	.ex_name = "PLBX",
};
EXEC_SET(plbx, plbx_execsw);
