/*
 * fileinfo_t: a file, as fds[] and the io provider's args[2] show it.
 *
 * Names come from the path by which the file was first found (v_path); what has none
 * (a pipe) is "<unknown>", and what is no open file "<none>".
 */
#pragma D depends_on library unistd.d

typedef struct fileinfo {
	string	fi_name;	/* Last part of its path. */
	string	fi_dirname;	/* The path before that. */
	string	fi_pathname;
	off_t	fi_offset;	/* Where the next read or write happens. */
	string	fi_fs;		/* Type of its file system. */
	string	fi_mount;	/* Where that is mounted. */
	int	fi_oflags;	/* Flags of open(2). */
} fileinfo_t;

translator fileinfo_t < struct file *F > {
	fi_name = F == NULL ? "<none>" : F->f_vnode == NULL ? "<unknown>" :
	    F->f_vnode->v_path == NULL ? "<unknown>" :
	    basename(stringof(F->f_vnode->v_path));
	fi_dirname = F == NULL ? "<none>" : F->f_vnode == NULL ? "<unknown>" :
	    F->f_vnode->v_path == NULL ? "<unknown>" :
	    dirname(stringof(F->f_vnode->v_path));
	fi_pathname = F == NULL ? "<none>" : F->f_vnode == NULL ? "<unknown>" :
	    F->f_vnode->v_path == NULL ? "<unknown>" :
	    stringof(F->f_vnode->v_path);
	fi_offset = F == NULL ? 0 : F->f_offset;
	fi_fs = F == NULL ? "<none>" : F->f_vnode == NULL ? "<unknown>" :
	    stringof(F->f_vnode->v_mount->mnt_vfc->vfc_name);
	fi_mount = F == NULL ? "<none>" : F->f_vnode == NULL ? "<unknown>" :
	    stringof(F->f_vnode->v_mount->mnt_stat.f_mntonname);
	/* The kernel counts FREAD and FWRITE from 1, open(2) from 0. */
	fi_oflags = F == NULL ? 0 : F->f_flag - 1;
};

/* The file that a disk request is for. */
translator fileinfo_t < struct bio *B > {
	fi_name = B == NULL ? "<none>" : B->bio_vnode == NULL ? "<none>" :
	    B->bio_vnode->v_path == NULL ? "<unknown>" :
	    basename(stringof(B->bio_vnode->v_path));
	fi_dirname = B == NULL ? "<none>" : B->bio_vnode == NULL ? "<none>" :
	    B->bio_vnode->v_path == NULL ? "<unknown>" :
	    dirname(stringof(B->bio_vnode->v_path));
	fi_pathname = B == NULL ? "<none>" : B->bio_vnode == NULL ? "<none>" :
	    B->bio_vnode->v_path == NULL ? "<unknown>" :
	    stringof(B->bio_vnode->v_path);
	fi_offset = B == NULL ? 0 : B->bio_offset;
	fi_fs = B == NULL ? "<none>" : B->bio_vnode == NULL ? "<none>" :
	    stringof(B->bio_vnode->v_mount->mnt_vfc->vfc_name);
	fi_mount = B == NULL ? "<none>" : B->bio_vnode == NULL ? "<none>" :
	    stringof(B->bio_vnode->v_mount->mnt_stat.f_mntonname);
	fi_oflags = 0;
};

inline fileinfo_t fds[int fd] = xlate <fileinfo_t> (
    fd >= 0 && fd < curthread->td_proc->p_fd->fd_files->fdt_nfiles ?
    curthread->td_proc->p_fd->fd_files->fdt_ofiles[fd].fde_file : NULL);
#pragma D attributes Stable/Stable/Common fds
