/** Take-over of client connections from Undertow, the connector of WildFly. */
package dev.culvert.host.undertow;
