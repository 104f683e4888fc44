/** The one class that must stand beside Grizzly's own. */
package org.glassfish.grizzly;
