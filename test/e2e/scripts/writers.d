/* Who writes to which file, by vnode. */
vfs:vop:vop_write:entry
/args[0]->v_path != NULL/
{
	@bytes[execname, stringof(args[0]->v_path), stringof(args[0]->v_mount->mnt_stat.f_mntonname)] = sum(args[1]->a_uio->uio_resid);
}
