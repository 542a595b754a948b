// type-graphql's decorators read metadata while classes are defined.
import 'reflect-metadata';
