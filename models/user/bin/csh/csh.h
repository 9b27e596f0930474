/*
 * csh: a small C shell.
 *
 * A line goes through three stages, a file each:
 *   lex.c     text -> tokens: operators, and words with their quotes still on
 *   parse.c   tokens -> a tree of commands
 *   exec.c    walks the tree: pipes, builtins, vfork + execve
 * with redirect.c for descriptors, jobs.c for children, path.c to find programs.
 * Words are expanded (expand.c: variables, `commands`, quotes, globbing) when
 * their command is run.  source.c holds the lines of the input, control.c does what
 * jumps between them: if/else/endif, while, foreach.  vars.c keeps variables,
 * expr.c calculates, builtin.c has the commands that are the shell itself.
 */
#ifndef _CSH_H_
#define	_CSH_H_

#include <sys/types.h>

/* A list of strings that grows. */
struct list {
	char		**l_v;		/* Ends with NULL once it has an entry. */
	int		 l_n;
	int		 l_cap;
};

enum tok {
	T_END, T_WORD, T_SEMI, T_AMP, T_AND, T_OR, T_PIPE, T_PIPEERR,
	T_LPAREN, T_RPAREN, T_LESS, T_HERE, T_GREAT, T_APPEND
};

struct token {
	struct token	*t_next;
	enum tok	 t_type;
	char		*t_text;	/* T_WORD: raw. */
	int		 t_fd;		/* T_GREAT, T_APPEND: descriptor (1). */
	int		 t_both;	/* >&: standard error as well. */
};

struct redir {
	struct redir	*r_next;
	enum tok	 r_type;
	char		*r_word;	/* Raw; for T_HERE the text itself. */
	int		 r_fd;
	int		 r_both;	/* T_HERE: the text is quoted. */
};

enum node_type {
	N_CMD,		/* Words. */
	N_SUB,		/* ( left ) */
	N_PIPE,		/* left | right */
	N_AND, N_OR,	/* left && right, left || right */
	N_SEQ,		/* left ; right */
	N_BG		/* left & */
};

struct node {
	enum node_type	 n_type;
	struct node	*n_left, *n_right;
	struct list	 n_words;	/* Raw. */
	struct redir	*n_redirs;
	int		 n_both;	/* |&: standard error goes along. */
};

/* lex.c */
struct token	*lex(const char *);
const char	*skip_quoted(const char *);

/* parse.c */
struct node	*parse(struct token *);

/* expand.c */
void		 expand(const char *, struct list *);
char		*expand_one(const char *, const char *);
char		*expand_text(const char *);
char		*expand_here(const char *);
void		 glob(const char *, struct list *);
int		 match(const char *, const char *);
int		 has_glob(const char *);
char		*unescape(const char *);

/* vars.c */
struct list	*var_get(const char *);
void		 var_set(const char *, struct list *);
void		 var_set1(const char *, const char *);
void		 var_setn(const char *, long);
void		 var_unset(const char *);
void		 var_print(void);
void		 vars_init(int, char **);

/* expr.c */
long		 expr(struct list *, int *);

/* exec.c */
void		 run(struct node *);
int		 run_line(const char *);
char		*capture(const char *);
void		 exec_words(struct list *) __attribute__((noreturn));

/* redirect.c */
/* Redirections with their words expanded, and the pipe ends of a stage. */
struct plumbing {
	struct redir	*p_redirs;	/* r_word is a path or text. */
	int		 p_in, p_out;	/* -1: as it is. */
	int		 p_close;	/* Other end of the pipe, or -1. */
	int		 p_both;	/* |& */
	int		 p_background;
};
struct redir	*expand_redirs(const struct redir *);
int		 redirect(const struct redir *);
int		 plumb(const struct plumbing *);

/* jobs.c */
void		 job_add(pid_t);
int		 await(const pid_t *, int);
int		 await_all(void);
void		 reap(int);
void		 jobs_forget(void);

/* path.c */
void		 rehash(void);
char		*find_command(const char *);

/* builtin.c */
typedef int	 builtin_t(struct list *);
builtin_t	*builtin_find(const char *);

/* source.c */
struct source {
	int		 s_fd;		/* -1: all lines are there. */
	int		 s_tty;
	struct list	 s_lines;
	int		 s_pc;		/* Next line to run. */
	int		 s_depth;	/* Loops entered in it. */
	char		*s_buf;		/* What was read beyond the last line. */
	size_t		 s_have, s_pos;
	int		 s_eof;
};
extern struct source	*source;
void		 source_text(const char *);
int		 source_fd(int, int);
int		 source_run(struct source *);
char		*source_line(struct source *, const char *);

/* control.c */
int		 control(const char *);
void		 leave_loops(void);

/* util.c */
void		*xmalloc(size_t);
char		*xstrdup(const char *);
void		 list_add(struct list *, char *);
void		 list_free(struct list *);
struct buf {
	char		*b_p;
	size_t		 b_n, b_cap;
};
void		 buf_add(struct buf *, char);
void		 buf_str(struct buf *, const char *);
void		 complain(const char *, ...);

/* Everything allocated while a line is parsed and run, freed after it. */
void		*arena_alloc(size_t);
void		*arena_mark(void);
void		 arena_release(void *);

extern int	 status;		/* $status */
extern int	 line_error;		/* complain() was called: stop this line. */
extern int	 interactive;
extern int	 opt_e, opt_x, opt_n;	/* -e -x -n */
extern int	 exiting;		/* exit was said. */
extern int	 in_child;		/* A forked copy: it ends when done. */
extern volatile int	interrupted;

#endif /* !_CSH_H_ */
