/**
 * The client's end of a session: the services through which a daemon reads folders, secrets, logins
 * and agents of this machine, and brings outputs to it. Blocking code, each call on a virtual
 * thread of its own; files are read on platform threads.
 */
@NullMarked
package dev.obdbuild.builder.session.serve;

import org.jspecify.annotations.NullMarked;
