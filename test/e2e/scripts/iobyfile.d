/* Bytes by file, file system and program, of requests that name a file. */
#pragma D option quiet

io:::start
/args[2]->fi_pathname != "<none>"/
{
	@files[args[2]->fi_pathname] = sum(args[0]->b_bcount);
	@dirs[args[2]->fi_dirname, args[2]->fi_name] = count();
	@programs[execname, pid] = sum(args[0]->bio_length);
}

io:::start
/args[0] != NULL && args[0]->bio_cmd == BIO_FLUSH/
{
	@kinds[bio_cmd_string[args[0]->bio_cmd]] = count();
}

dtrace:::END
{
	normalize(@files, 1024);
	printa("%@8d KB %s\n", @files);
	printa("%s/%s %@d\n", @dirs);
	printa("%s[%d] %@d\n", @programs);
	printa("%s %@d\n", @kinds);
}
