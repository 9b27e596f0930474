/* dirent.h: reading directories. */
#ifndef _DIRENT_H_
#define	_DIRENT_H_

#include <sys/dirent.h>

typedef	struct _dirdesc	DIR;

int	 closedir(DIR *);
int	 dirfd(DIR *);
DIR	*fdopendir(int);
DIR	*opendir(const char *);
struct dirent *readdir(DIR *);
void	 rewinddir(DIR *);
int	 alphasort(const struct dirent **, const struct dirent **);
int	 scandir(const char *, struct dirent ***,
	    int (*)(const struct dirent *),
	    int (*)(const struct dirent **, const struct dirent **));

#endif /* !_DIRENT_H_ */
