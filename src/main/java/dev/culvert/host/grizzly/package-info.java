/** Take-over of client connections from Grizzly, the connector of Payara. */
package dev.culvert.host.grizzly;
