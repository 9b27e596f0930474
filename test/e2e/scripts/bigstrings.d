/* String functions that scripts use on paths and names. */
#pragma D option quiet
#pragma D option strsize=128

syscall::open:entry
{
	this->path = copyinstr(arg0);
	this->base = basename(this->path);
	this->dir = dirname(this->path);
	this->ext = strrchr(this->base, '.');
	@names[this->dir, this->base, this->ext == NULL ? "none" : substr(this->ext, 1)] = count();
	@length = lquantize(strlen(this->path), 0, 128, 16);
	@joined[strjoin(execname, strjoin(":", lltostr(pid)))] = count();
	@first[strtok(this->path, "/") == NULL ? "/" : strtok(this->path, "/")] = count();
}

syscall::open:entry
/strstr(copyinstr(arg0), "/etc") != NULL && index(copyinstr(arg0), "/") == 0/
{
	printf("%s opens %s\n", toupper(execname), cleanpath(copyinstr(arg0)));
}
