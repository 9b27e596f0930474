void	 exit(int);
void	 abort(void);
