/* Disk requests with latency, keyed by the request's address. */
#pragma D option quiet

io:::start
{
	start_time[arg0] = timestamp;
	start_uid[arg0] = uid;
	start_comm[arg0] = execname;
}

io:::done
/start_time[arg0]/
{
	this->delta = (timestamp - start_time[arg0]) / 1000;
	printf("%5d %-12s %s %9d %6d %8d %s %s\n", start_uid[arg0], start_comm[arg0],
	    args[0]->b_flags & B_READ ? "R" : "W", args[0]->b_blkno, args[0]->b_bcount, this->delta,
	    args[1]->dev_statname, args[2]->fi_pathname);
	@size[args[1]->dev_pathname] = quantize(args[0]->b_bcount);
	@mounts[args[2]->fi_mount, args[2]->fi_fs] = sum(args[0]->bio_bcount);
	start_time[arg0] = 0;
	start_uid[arg0] = 0;
	start_comm[arg0] = 0;
}
