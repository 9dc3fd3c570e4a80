package dev.obdbuild.worker.exec;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * Where the streams of one process in a container come from and go to. Each is used by one thread
 * and closed when the process has ended. If that does not wake the thread that reads {@code stdin},
 * it goes on waiting there, and nothing else does.
 *
 * @param stdin what the process reads; its end is the process's end of file
 * @param stdout what it prints; with a terminal, all that it prints
 * @param stderr what it prints as errors; unused with a terminal
 */
public record ProcessStreams(InputStream stdin, OutputStream stdout, OutputStream stderr) {}
