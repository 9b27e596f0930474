// Scripts in the manner of published ones: all compile for the guest, and those whose probes the guest fires show what happened.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compilePrograms, Options, PidProbes, type ProbeCatalog } from '../../engine/dtrace/index.ts';
import { kernelImage, programImage } from '../../engine/guestc/build.ts';
import type { Image } from '../../engine/image/image.ts';
import { modelsDir } from '../../engine/image/place.ts';
import { loadProfile } from '../../engine/image/profile.ts';
import { catalogOf } from '../../engine/run/dtrace-session.ts';
import { loadScenario } from '../../engine/run/scenario.ts';
import { Session } from '../../engine/run/session.ts';
import { lab, root } from './lab.ts';

const folder = join(root, 'test/e2e/scripts');
const own = join(modelsDir(), 'scripts');
const scripts = [folder, own].flatMap((dir) =>
  readdirSync(dir)
    .filter((name) => name.endsWith('.d'))
    .map((name) => join(dir, name)),
);

describe('they compile', () => {
  let catalog: ProbeCatalog;
  let image: Image;
  let traced: Image;
  beforeAll(async () => {
    image = kernelImage(loadProfile('amd64'));
    traced = programImage('ls', loadProfile('amd64'), true);
    const session = await Session.open({
      version: 'test',
      machine: 'amd64',
      cpus: 1,
      seed: 1,
      scenario: loadScenario('idle'),
    });
    await session.boot();
    catalog = catalogOf(session.machine, image);
  }, 120_000);

  test.each(scripts)('%s', (path) => {
    const text = readFileSync(path, 'utf8');
    const options = new Options();
    options.set('defaultargs', undefined);
    // -Z on the first line: what it names need not all be there.
    if (/^#!.*-\w*Z/.test(text)) options.set('zdefs', undefined);
    const pid = new PidProbes(() => traced);
    const program = compilePrograms([{ kind: 's', text, path }], {
      catalog,
      image,
      options,
      pid,
      macros: { target: 7 },
    });
    expect(program.ecbs.length).toBeGreaterThan(0);
    expect(program.dof().length).toBeGreaterThan(0);
  });

  test('every idiom of idioms.txt: members of all providers, kernel structures, ways of speaking', () => {
    const programs = readFileSync(join(root, 'test/e2e/idioms.txt'), 'utf8').split(/^%%$/m);
    const refused = programs.flatMap((text) => {
      const options = new Options();
      options.set('defaultargs', undefined);
      const pid = new PidProbes(() => traced);
      try {
        compilePrograms([{ kind: 's', text, path: 'idiom' }], {
          catalog,
          image,
          options,
          pid,
          macros: { target: 7 },
        });
        return [];
      } catch (error) {
        return [`${(error as Error).message}\n${text}`];
      }
    });
    expect(refused).toEqual([]);
    expect(programs.length).toBeGreaterThan(90);
  });

  test("well-known members of the kernel's structures, of which some have no instance here", () => {
    const members: Record<string, string> = {
      thread:
        'td_tid td_name td_priority td_state td_flags td_oncpu td_lastcpu td_wchan td_wmesg td_proc td_ucred td_errno',
      proc: 'p_pid p_comm p_state p_flag p_ucred p_pptr p_pgrp p_numthreads p_vmspace p_fd p_args p_textvp p_nice',
      vnode: 'v_type v_tag v_usecount v_data v_mount v_op v_vflag v_rdev',
      mount: 'mnt_stat.f_fstypename mnt_stat.f_mntonname mnt_stat.f_mntfromname mnt_flag mnt_vfc',
      file: 'f_type f_vnode f_flag f_count f_data f_offset f_ops f_cred',
      bio: 'bio_cmd bio_flags bio_dev bio_disk bio_offset bio_bcount bio_data bio_error bio_resid bio_length bio_to bio_parent',
      buf: 'b_bcount b_blkno b_lblkno b_flags b_iocmd b_vp b_data b_error b_resid b_offset b_bufsize',
      mbuf: 'm_len m_data m_next m_nextpkt m_flags m_type m_pkthdr.len m_pkthdr.rcvif',
      socket: 'so_type so_state so_error so_pcb so_options so_rcv.sb_hiwat so_snd.sb_ccc so_proto',
      inpcb:
        'inp_inc.inc_ie.ie_fport inp_inc.inc_ie.ie_lport inp_flags inp_vflag inp_socket inp_ppcb inp_ip_ttl',
      tcpcb:
        't_state snd_cwnd snd_una snd_nxt snd_wnd rcv_wnd rcv_nxt t_srtt t_rttvar t_maxseg t_flags snd_ssthresh t_rxtcur',
      ifnet: 'if_xname if_flags if_mtu if_index if_dname if_dunit if_type if_drv_flags if_softc',
      sockaddr_in: 'sin_port sin_addr.s_addr sin_family',
      sockaddr_un: 'sun_path sun_family',
      ip: 'ip_p ip_len ip_src.s_addr ip_ttl',
      icmp: 'icmp_type icmp_code',
      tcphdr: 'th_sport th_dport th_flags th_seq',
      udphdr: 'uh_sport uh_ulen',
      ether_header: 'ether_type ether_shost',
      cdev: 'si_name si_drv1 si_flags si_devsw',
      callout: 'c_func c_arg c_flags c_time c_cpu',
      lock_object: 'lo_name lo_flags lo_data',
    };
    for (const [tag, names] of Object.entries(members)) {
      const text = names
        .split(' ')
        .map((name) => `trace(sizeof (((struct ${tag} *)arg0)->${name}));`)
        .join(' ');
      const world = { catalog, image, options: new Options() };
      expect(() => compilePrograms([{ kind: 'n', text: `BEGIN { ${text} }` }], world)).not.toThrow();
    }
  });
});

/** A script on the guest that runs one command; what it printed. */
async function run(name: string, command: string, ...args: string[]): Promise<string> {
  const path = scripts.find((p) => p.endsWith(`/${name}.d`)) as string;
  const { code, out, err } = await lab('dtrace', '-s', path, '-c', command, ...args);
  expect(err).not.toMatch(/error on enabled probe|failed/);
  expect(code).toBe(0);
  return out;
}

describe('they show what happened', () => {
  test('opens: path, descriptor and error number', async () => {
    const out = await run('opens', 'cat /etc/rc /nosuch');
    expect(out).toMatch(/^ {4}0 +\d+ cat +3 {3}0 \/etc\/rc$/m);
    expect(out).toMatch(/^ {4}0 +\d+ cat +-1 {3}2 \/nosuch$/m);
  });

  test('execs: execve:return has the new name and arguments', async () => {
    expect(await run('execs', 'cat /etc/rc')).toMatch(/^ {4}0 +\d+ +\d+ cat\|cat \/etc\/rc$/m);
  });

  test('fds[]: names, file system and offset of what was read and written', async () => {
    const out = await run('file-bytes', 'cat /etc/rc');
    const bytes = /^cat +read +tmpfs +\/etc\/rc (\d+)$/m.exec(out);
    expect(Number(bytes?.[1])).toBeGreaterThan(10);
    expect(out).toMatch(new RegExp(`^cat +write +devfs +/dev/console ${bytes?.[1]}$`, 'm'));
    expect(out).toMatch(new RegExp(`^/etc/rc up to ${bytes?.[1]}$`, 'm'));
  });

  test('sysinfo and vminfo: bytes by process agree with what it wrote', async () => {
    const out = await run('paging', 'echo twelve bytes');
    expect(out).toMatch(/^ {2}echo +writech +13$/m);
    expect(out).toMatch(/^ {2}echo +zfod +\d+$/m);
  });

  test('enqueue, dequeue, on-cpu: native and translated members in one clause', async () => {
    expect(await run('ready-times', 'sleep 0.05')).toMatch(/^ {8}\d\n +value {2}-+ Distribution/m);
  });

  test('signal-send: both processes', async () => {
    expect(await run('signals', 'true')).toMatch(/^true\(\d+\) -> dtrace\(\d+\): CHLD$/m);
  });

  test('create, exec, exit: who made whom, with arguments and reason', async () => {
    const out = await run('forks', 'time true');
    const child = /^(\d+) create time \1 -> (\d+)$/m.exec(out);
    expect(out).toMatch(
      new RegExp(`^${child?.[2]} exec /bin/true true \\[\\d+ us\\] uid 0 euid 0 sid \\d+$`, 'm'),
    );
    expect(out).toMatch(new RegExp(`^${child?.[2]} exit true exited$`, 'm'));
  });

  test('truss: strings and results of the calls of one command', async () => {
    const out = await run('truss', 'cat /etc/rc');
    const [, text, size] = /^read\(0x3, (".*"), 0x[0-9A-F]+\) = (\d+)$/m.exec(out) ?? [];
    expect(text).toMatch(/^"dtrace /);
    expect(out).toContain(`write(0x1, ${text}, 0x${Number(size).toString(16).toUpperCase()}) = ${size}\n`);
  });

  test('speculations: only the way of the open that failed', async () => {
    const out = await run('speculate', 'csh -c true');
    expect(out).not.toMatch(/=> open +\/dev\/null/);
    const failing = await lab(
      'dtrace',
      '-s',
      scripts.find((p) => p.endsWith('/speculate.d')) as string,
      '-c',
      'cat /nosuch',
    );
    expect(failing.out).toMatch(/^ +\d {2}=> open +\/nosuch$/m);
    expect(failing.out).toMatch(/^ +\d +-> kern_openat +$/m);
    expect(failing.out).toMatch(/^ +\d +<= open +2$/m);
  });

  test('functions of a program: inclusive time is what they and what they call took', async () => {
    const rows = [...(await run('user-functions', 'ls /')).matchAll(/^(\w+) +(\d+) +(\d+) +(\d+)$/gm)];
    const main = rows.find(([, name]) => name === 'main');
    const exclusive = rows.reduce((sum, row) => sum + Number(row[4]), 0);
    expect(main?.[2]).toBe('1');
    expect(Number(main?.[3])).toBe(exclusive);
  });

  test('func() and mod() keys: one line a function, one a module', async () => {
    const out = await run('hot-functions', 'forkbench -n 20');
    const functions = [...out.matchAll(/^kernel`(\S+) +\d+$/gm)].map((m) => m[1]);
    expect(functions.length).toBeGreaterThan(0);
    expect(functions.filter((f) => f.includes('+'))).toEqual([]);
    expect([...out.matchAll(/^kernel +\d+$/gm)]).toHaveLength(1);
  });
});
