/**
 * Integration tests: the WAR on a real server, between real clients and real upstreams. A class
 * deploys once; each of its tests has a route of its own where it needs other settings.
 */
package dev.culvert.it;
