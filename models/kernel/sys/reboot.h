/*
 * reboot(2).  Shared with user land.
 */
#ifndef _SYS_REBOOT_H_
#define	_SYS_REBOOT_H_

#ifndef RB_AUTOBOOT
#define	RB_AUTOBOOT	0
#define	RB_NOSYNC	0x004
#define	RB_HALT		0x008
#define	RB_POWEROFF	0x4000
#endif

#ifndef _KERNEL
int	reboot(int);
#endif

#endif /* !_SYS_REBOOT_H_ */
