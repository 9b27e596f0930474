/*
 * The calendar: days forth and back over four centuries, and strftime.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int
main(void)
{
	static const char *const formats[] = {
		"%a %A %b %B %c", "%C %d %D %e %F", "%g %G %H %I %j", "%k %l %m %M %p",
		"%r %R %S %T %u", "%U %V %w %W %x", "%X %y %Y %%"
	};
	char buf[200];
	struct tm tm;
	uint64_t s = 1;
	time_t t, back;
	unsigned i, k;

	for (i = 0; i < 400; i++) {
		s = s * 6364136223846793005UL + 1442695040888963407UL;
		t = (time_t)((s >> 20) % 25000000000UL) - 6000000000L;
		if (i < 20)
			t = (time_t)i * 86400 * 366 - 1;
		gmtime_r(&t, &tm);
		printf("%ld: %d-%d-%d %d:%d:%d %d %d", (long)t, tm.tm_year, tm.tm_mon,
		    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_wday, tm.tm_yday);
		back = timegm(&tm);
		printf(back == t ? "" : " WRONG %ld", (long)back);
		for (k = 0; k < 7; k++) {
			if (strftime(buf, sizeof(buf), formats[k], &tm) == 0)
				strcpy(buf, "?");
			printf("|%s", buf);
		}
		printf("\n");
	}
	memset(&tm, 0, sizeof(tm));
	tm.tm_year = 124;
	tm.tm_mon = 25;
	tm.tm_mday = -40;
	tm.tm_hour = 100;
	tm.tm_sec = -70;
	t = timegm(&tm);
	printf("%ld %s", (long)t, asctime(&tm));
	printf("%d\n", (int)strftime(buf, 5, "%Y-%m", &tm));
	return (0);
}
