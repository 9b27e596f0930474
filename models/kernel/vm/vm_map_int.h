/* What the files of the map share among themselves. */
#ifndef _VM_VM_MAP_INT_H_
#define	_VM_VM_MAP_INT_H_

#include <vm/vm_map.h>

void	 vm_map_entry_startup(void);
vm_map_entry_t vm_map_entry_create(void);
void	 vm_map_entry_link(vm_map_t map, vm_map_entry_t after,
	    vm_map_entry_t entry);
void	 vm_map_entry_resize_free(vm_map_t map, vm_map_entry_t entry);
void	 vm_map_clip_start(vm_map_t map, vm_map_entry_t entry,
	    vm_offset_t start);
void	 vm_map_clip_end(vm_map_t map, vm_map_entry_t entry, vm_offset_t end);
void	 vm_map_simplify_entry(vm_map_t map, vm_map_entry_t entry);

#endif /* !_VM_VM_MAP_INT_H_ */
