/* The page daemon: see vm_pageout.c. */
#ifndef _VM_VM_PAGEOUT_H_
#define	_VM_VM_PAGEOUT_H_

void	 pagedaemon_wakeup(void);

#endif /* !_VM_VM_PAGEOUT_H_ */
