/**
 * The filter: matches requests to routes, authorises them, has the upstream dialled and hands the
 * two connections to the host.
 */
package dev.culvert.route;
