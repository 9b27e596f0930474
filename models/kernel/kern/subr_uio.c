/*
 * uiomove() and its kin: the bytes of a read or write change sides here.
 */
#include <sys/param.h>
#include <sys/malloc.h>
#include <sys/proc.h>
#include <sys/uio.h>

MALLOC_DEFINE(M_IOV, "iov", "large iov's");

/*
 * Move up to n bytes between cp (kernel memory) and the places of uio, as many
 * as the request still wants, in its direction, and take them off it.
 */
int
uiomove(void *cp, int n, struct uio *uio)
{

	return (uiomove_faultflag(cp, n, uio, 0));
}

int
uiomove_faultflag(void *cp, int n, struct uio *uio, int nofault)
{
	struct iovec *iov;
	size_t cnt;
	int error;

	KASSERT(uio->uio_rw == UIO_READ || uio->uio_rw == UIO_WRITE,
	    ("uiomove: mode"));
	error = 0;
	while (n > 0 && uio->uio_resid > 0) {
		iov = uio->uio_iov;
		cnt = iov->iov_len;
		if (cnt == 0) {
			uio->uio_iov++;
			uio->uio_iovcnt--;
			continue;
		}
		if (cnt > (size_t)n)
			cnt = n;

		switch (uio->uio_segflg) {
		case UIO_USERSPACE:
			maybe_yield();
			if (nofault) {
				error = uio->uio_rw == UIO_READ ?
				    copyout_nofault(cp, iov->iov_base, cnt) :
				    copyin_nofault(iov->iov_base, cp, cnt);
			} else {
				error = uio->uio_rw == UIO_READ ?
				    copyout(cp, iov->iov_base, cnt) :
				    copyin(iov->iov_base, cp, cnt);
			}
			if (error != 0)
				return (error);
			break;
		case UIO_SYSSPACE:
			if (uio->uio_rw == UIO_READ)
				bcopy(cp, iov->iov_base, cnt);
			else
				bcopy(iov->iov_base, cp, cnt);
			break;
		case UIO_NOCOPY:
			break;
		}
		iov->iov_base = (char *)iov->iov_base + cnt;
		iov->iov_len -= cnt;
		uio->uio_resid -= cnt;
		uio->uio_offset += cnt;
		cp = (char *)cp + cnt;
		n -= cnt;
	}
	return (error);
}

/* The same from a buffer that stands for the whole file. */
int
uiomove_frombuf(void *buf, int buflen, struct uio *uio)
{
	off_t offset;

	offset = uio->uio_offset;
	if (offset < 0)
		return (EINVAL);
	if (buflen <= 0 || offset >= buflen)
		return (0);
	return (uiomove((char *)buf + offset, buflen - offset, uio));
}

/* Give the reader one character. */
int
ureadc(int c, struct uio *uio)
{
	char ch;

	ch = c;
	return (uiomove(&ch, 1, uio));
}

/*
 * readv(2), writev(2): copy the array of pieces in, behind a uio that is freed
 * with it.
 */
int
copyinuio(const struct iovec *iovp, u_int iovcnt, struct uio **uiop)
{
	struct iovec *iov;
	struct uio *uio;
	u_int iovlen, i;
	int error;

	*uiop = NULL;
	if (iovcnt > UIO_MAXIOV)
		return (EINVAL);
	iovlen = iovcnt * sizeof(struct iovec);
	uio = malloc(iovlen + sizeof(*uio), M_IOV, M_WAITOK);
	iov = (struct iovec *)(uio + 1);
	error = copyin(iovp, iov, iovlen);
	if (error != 0) {
		free(uio, M_IOV);
		return (error);
	}
	uio->uio_iov = iov;
	uio->uio_iovcnt = iovcnt;
	uio->uio_segflg = UIO_USERSPACE;
	uio->uio_offset = -1;
	uio->uio_resid = 0;
	for (i = 0; i < iovcnt; i++) {
		if (iov->iov_len > IOSIZE_MAX - uio->uio_resid) {
			free(uio, M_IOV);
			return (EINVAL);
		}
		uio->uio_resid += iov->iov_len;
		iov++;
	}
	*uiop = uio;
	return (0);
}
