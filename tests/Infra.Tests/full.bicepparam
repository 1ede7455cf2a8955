using '../../infra/main.bicep'

param environmentName = 'snapshot'
param location = 'swedencentral'
param principalId = ''
param instanceMemoryMB = 4096
param maximumInstanceCount = 40
param alwaysReadyInstances = 2
param httpConcurrency = 16
param durableBackend = 'scheduler'
param privateNetworking = true
param secondLocation = 'francecentral'
