/*
 * uname [-amnrsv]: what system this is.
 */
#include <sys/utsname.h>
#include <stdio.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct utsname u;
	const char *order = "snrvm", *part[5];
	int c, want = 0, i, first = 1;

	while ((c = getopt(argc, argv, "amnrsv")) != -1)
		if (c == 'a')
			want = 31;
		else if (c == '?') {
			fprintf(stderr, "usage: uname [-amnrsv]\n");
			return (1);
		} else
			for (i = 0; i < 5; i++)
				if (order[i] == c)
					want |= 1 << i;
	if (want == 0)
		want = 1;
	if (uname(&u) == -1)
		return (1);
	part[0] = u.sysname;
	part[1] = u.nodename;
	part[2] = u.release;
	part[3] = u.version;
	part[4] = u.machine;
	for (i = 0; i < 5; i++)
		if (want >> i & 1) {
			printf(first ? "%s" : " %s", part[i]);
			first = 0;
		}
	printf("\n");
	return (0);
}
