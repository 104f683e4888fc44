/** What must stand beside the package-private filters of Tyrus's JDK client. */
package org.glassfish.tyrus.container.jdk.client;
