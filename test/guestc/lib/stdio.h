int	 printf(const char *, ...);
int	 putchar(int);
