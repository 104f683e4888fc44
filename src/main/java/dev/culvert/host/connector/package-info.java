/** What the host needs of a server's connector, whichever it is. */
package dev.culvert.host.connector;
