/** TLS on event loops: a wire over another one, with an engine of the JDK in between. */
package dev.culvert.host.tls;
