/*
 * Start of the virtual memory system, the first thing that boot does: pages,
 * then UMA, then what is built of both.
 */
#include <sys/param.h>
#include <sys/kernel.h>
#include <vm/vm_extern.h>
#include <vm/vm_map.h>
#include <vm/vm_object.h>
#include <vm/vm_page.h>
#include <vm/vm_radix.h>
#include <vm/uma.h>

static void	vm_mem_init(void *dummy);

SYSINIT(vm_mem, SI_SUB_VM, SI_ORDER_FIRST, vm_mem_init, NULL);

static void
vm_mem_init(void *dummy)
{

	vm_page_startup(bootinfo->bi_physfree, bootinfo->bi_physend);
	uma_startup();
	pmap_bootstrap();
	vm_radix_zinit();
	vm_object_init();
	vm_map_startup();
}
