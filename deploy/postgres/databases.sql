-- Run once by the PostgreSQL image on an empty volume: each service keeps its own database.
CREATE DATABASE auth_server;
CREATE DATABASE resource_api;
