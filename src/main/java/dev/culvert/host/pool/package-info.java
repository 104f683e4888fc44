/**
 * The pool of upstream WebSockets: which turn gets which socket, and when a socket ends. JDK only;
 * how a socket is opened is behind {@link dev.culvert.host.pool.Dialer}.
 */
package dev.culvert.host.pool;
