/* The pmap interface, for those who don't care which machine it is. */
#ifndef _VM_PMAP_H_
#define	_VM_PMAP_H_

#include <machine/pmap.h>

#endif /* !_VM_PMAP_H_ */
