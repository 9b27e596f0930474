/*
 * Between the kernel and user memory.
 *
 * The kernel never follows a user's pointer as if it were its own.  These
 * functions go through the user's page tables, by the instructions made for
 * that; a page that is not there is faulted in as if the user had touched it.
 * If that cannot be, trap() makes the instruction give up, and the caller gets
 * EFAULT (or -1).
 */
#include <sys/param.h>
#include <sys/proc.h>
#include <machine/vmparam.h>

static int	user_range(const void *uaddr, size_t len);

/* Is all of it in user space? */
static int
user_range(const void *uaddr, size_t len)
{
	vm_offset_t va;

	va = (vm_offset_t)uaddr;
	return (va + len >= va && va + len <= VM_MAXUSER_ADDRESS);
}

/* Each step ends at the next page boundary of either side. */
int
copyin(const void *uaddr, void *kaddr, size_t len)
{
	long n;

	if (len == 0)
		return (0);
	if (!user_range(uaddr, len))
		return (EFAULT);
	do {
		n = __rep_movsb(kaddr, uaddr, len);
		if (n < 0)
			return (EFAULT);
		uaddr = (const char *)uaddr + n;
		kaddr = (char *)kaddr + n;
		len -= n;
	} while (len > 0);
	return (0);
}

int
copyout(const void *kaddr, void *uaddr, size_t len)
{
	long n;

	if (len == 0)
		return (0);
	if (!user_range(uaddr, len))
		return (EFAULT);
	do {
		n = __rep_movsb(uaddr, kaddr, len);
		if (n < 0)
			return (EFAULT);
		kaddr = (const char *)kaddr + n;
		uaddr = (char *)uaddr + n;
		len -= n;
	} while (len > 0);
	return (0);
}

/* The same where a fault must not be waited for: absent pages are errors. */
int
copyin_nofault(const void *uaddr, void *kaddr, size_t len)
{
	int error, save;

	save = curthread->td_pflags & TDP_NOFAULTING;
	curthread->td_pflags |= TDP_NOFAULTING;
	error = copyin(uaddr, kaddr, len);
	curthread->td_pflags = (curthread->td_pflags & ~TDP_NOFAULTING) | save;
	return (error);
}

int
copyout_nofault(const void *kaddr, void *uaddr, size_t len)
{
	int error, save;

	save = curthread->td_pflags & TDP_NOFAULTING;
	curthread->td_pflags |= TDP_NOFAULTING;
	error = copyout(kaddr, uaddr, len);
	curthread->td_pflags = (curthread->td_pflags & ~TDP_NOFAULTING) | save;
	return (error);
}

/*
 * Copy a string with its NUL, len bytes at most.  *done gets the length with
 * the NUL.
 */
int
copyinstr(const void *uaddr, void *kaddr, size_t len, size_t *done)
{
	vm_offset_t va;
	unsigned long c;
	char *to;
	size_t i;
	int error;

	va = (vm_offset_t)uaddr;
	to = kaddr;
	error = ENAMETOOLONG;
	for (i = 0; i < len;) {
		if (va + i >= VM_MAXUSER_ADDRESS ||
		    __user_load(va + i, 1, &c) != 0) {
			error = EFAULT;
			break;
		}
		to[i++] = c;
		if (c == 0) {
			error = 0;
			break;
		}
	}
	if (done != NULL)
		*done = i;
	return (error);
}

/* The same inside the kernel. */
int
copystr(const void *from, void *to, size_t len, size_t *done)
{
	const char *s;
	char *d;
	size_t i;
	int error;

	s = from;
	d = to;
	error = ENAMETOOLONG;
	for (i = 0; i < len;)
		if ((d[i] = s[i]) == '\0') {
			i++;
			error = 0;
			break;
		} else
			i++;
	if (done != NULL)
		*done = i;
	return (error);
}

/*
 * Single words.  fuword() cannot tell -1 from a fault; fueword() can.
 */
int
fueword64(const void *uaddr, int64_t *val)
{
	unsigned long v;

	if (!user_range(uaddr, 8) ||
	    __user_load((vm_offset_t)uaddr, 8, &v) != 0)
		return (-1);
	*val = v;
	return (0);
}

int
fueword32(const void *uaddr, int32_t *val)
{
	unsigned long v;

	if (!user_range(uaddr, 4) ||
	    __user_load((vm_offset_t)uaddr, 4, &v) != 0)
		return (-1);
	*val = v;
	return (0);
}

long
fuword(const void *uaddr)
{
	int64_t v;

	return (fueword64(uaddr, &v) != 0 ? -1 : v);
}

int
fubyte(const void *uaddr)
{
	unsigned long v;

	if (!user_range(uaddr, 1) ||
	    __user_load((vm_offset_t)uaddr, 1, &v) != 0)
		return (-1);
	return (v & 0xff);
}

int
suword(void *uaddr, long word)
{

	if (!user_range(uaddr, 8))
		return (-1);
	return (__user_store((vm_offset_t)uaddr, 8, word));
}

int
suword32(void *uaddr, int word)
{

	if (!user_range(uaddr, 4))
		return (-1);
	return (__user_store((vm_offset_t)uaddr, 4, (unsigned int)word));
}

int
subyte(void *uaddr, int byte)
{

	if (!user_range(uaddr, 1))
		return (-1);
	return (__user_store((vm_offset_t)uaddr, 1, byte & 0xff));
}

/* Store new if old is there; *actual gets what was. */
int
casueword32(void *uaddr, uint32_t old, uint32_t *actual, uint32_t new)
{

	if (!user_range(uaddr, 4))
		return (-1);
	return (__user_cas32((vm_offset_t)uaddr, old, new, actual));
}
