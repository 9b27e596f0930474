#ifndef _MACHINE_FRAME_H_
#define	_MACHINE_FRAME_H_
#include <machine/abi.h>
#endif
