void	*memcpy(void *, const void *, unsigned long);
void	*memmove(void *, const void *, unsigned long);
void	*memset(void *, int, unsigned long);
int	 memcmp(const void *, const void *, unsigned long);
unsigned long strlen(const char *);
int	 strcmp(const char *, const char *);
